"""usage: mistakes.py previews SOURCES | colours SOURCES | plant SOURCES OUT | judge OUT

Whether the check of the app's sources notices what is wrong. `plant` copies the sources as they are to OUT/app, and once
for each mistake of the list, with that mistake in them, to OUT/mistakes; when `compile` has compiled each copy, `judge`
looks whether the compiler refused it, and for the reason that was meant. `previews` wants one of each page. `colours`
wants no view to name a colour: nothing is said by a colour alone where none has a meaning (Differentiate Without Colour).

The previews are compiled too. Without Xcode nothing expands `#Preview`, so in the copies each is a function.
"""

import pathlib
import re
import shutil
import sys

# What it is, the file, what stands there, what is put in its place, and what the compiler has to say.
MISTAKES = [
    ("a misspelt modifier", "Views/CardView.swift", ".monospacedDigit()", ".monospaceDigit()", "has no member"),
    ("a text that there is not", "Views/AddPages.swift", "Text(.pasteExplain)", "Text(.pasteExplanation)", "'pasteExplanation'"),
    (
        "a text that is only English",
        "Views/CodesPage.swift",
        "Text(.headingCodes)",
        "Text(\"One-time codes\")",
        "missing argument label 'verbatim:'",
    ),
    (
        "a page without its view",
        "Views/RootView.swift",
        "        case .about: AboutPage(licences: Device.licences, session: session)\n",
        "",
        "must be exhaustive",
    ),
    (
        "a way on without its button",
        "Views/OtherPages.swift",
        "            case .back:\n                MainButton(key: .back, action: session.back)\n",
        "",
        "must be exhaustive",
    ),
    (
        "a state of another page",
        "Views/RootView.swift",
        "case .lock(let state): LockPage(state: state",
        "case .lock(let state): SettingsPage(state: state",
        "cannot convert value",
    ),
    (
        "a code where its text is wanted",
        "Views/CardView.swift",
        ".text(below.code.unbroken)",
        ".text(below.code)",
        "cannot convert value",
    ),
    (
        "an optional shown as a text",
        "Views/OfferPage.swift",
        "names.issuer ?? TextKey.none.said",
        "names.issuer",
        "must be unwrapped",
    ),
    (
        "a style that there is not",
        "Views/PageFrame.swift",
        ".buttonStyle(.borderedProminent)",
        ".buttonStyle(.prominent)",
        "has no member",
    ),
    (
        "an argument out of order",
        "Views/CardView.swift",
        "StrokeStyle(lineWidth: 4, lineCap: .round)",
        "StrokeStyle(lineCap: .round, lineWidth: 4)",
        "must precede",
    ),
    (
        "a value of the environment that there is not",
        "Views/RootView.swift",
        "\\.isSceneCaptured",
        "\\.isCaptured",
        "has no member",
    ),
    (
        "a binding that is none",
        "Views/AddPages.swift",
        "TextField(text: $link,",
        "TextField(text: link,",
        "cannot convert value",
    ),
    (
        "what is pasted taken on the pasteboard's own thread",
        "Views/AddPages.swift",
        "Task { @MainActor in link = texts.first ?? \"\" }",
        "link = texts.first ?? \"\"",
        "main actor-isolated",
    ),
    (
        "a missing await",
        "Views/AddPages.swift",
        "{ await QRCamera.mayBeUsed() }",
        "{ QRCamera.mayBeUsed() }",
        "'async'",
    ),
    (
        "the clipboard off the main actor",
        "App/Clipboard.swift",
        "@MainActor\nenum Clipboard",
        "enum Clipboard",
        "main actor-isolated",
    ),
    (
        "a camera that only says that it may be shared",
        "App/QRCamera.swift",
        "NSObject, @unchecked Sendable {",
        "NSObject {",
        "non-sendable type 'QRCamera'",
    ),
    (
        "a code told from the camera's own queue",
        "App/QRCamera.swift",
        "Task { @MainActor [found] in found(text) }",
        "found(text)",
        "main actor-isolated",
    ),
    (
        "a delegate that is none",
        "App/QRCamera.swift",
        "didOutput metadataObjects:",
        "didRead metadataObjects:",
        "different argument labels",
    ),
    (
        "an option of another name",
        "App/Clipboard.swift",
        ".localOnly: true",
        ".isLocal: true",
        "has no member",
    ),
    (
        "a face that the system does not know",
        "App/Device.swift",
        "case .faceID: .faceID",
        "case .face: .faceID",
        "has no member",
    ),
    (
        "the page changed from outside of the session",
        "Views/SettingsPages.swift",
        "action: session.openAbout)",
        "action: { session.page = .about })",
        "inaccessible",
    ),
    (
        "work that fails unheard",
        "Session/Session+Managing.swift",
        "        run(nil) { [self] in try await showSettings() }\n",
        "        Task { try showSettings() }\n",
        "'async'",
    ),
    (
        "an error without its words",
        "Session/Session+Unlock.swift",
        "        default:\n            throw error\n",
        "",
        "must be exhaustive",
    ),
    (
        "the help offered by another name",
        "Views/AddPages.swift",
        "action: session.openHelp)",
        "action: session.help)",
        "has no member",
    ),
    (
        "a turn taken without saying on which queue it is told",
        "App/CameraView.swift",
        "MainActor.assumeIsolated { self?.turn(by: angle) }",
        "self?.turn(by: angle)",
        "main actor-isolated",
    ),
    (
        "a turn of another name",
        "App/CameraView.swift",
        "turn(by: rotation.videoRotationAngleForHorizonLevelPreview)",
        "turn(by: rotation.videoRotationAngle)",
        "has no member",
    ),
    (
        "a preview of a state that there is not",
        "Views/CodesPage.swift",
        "SampleScreen.lastSecond",
        "SampleScreen.lastMinute",
        "has no member",
    ),
    (
        "a preview without its session",
        "Views/OtherPages.swift",
        "StartOverPage(session: .preview)",
        "StartOverPage()",
        "missing argument",
    ),
]

PREVIEW = re.compile(r'#Preview\("([^"]+)"\) \{')


# A page of RootView's switch, and what is drawn in a preview.
PAGE = re.compile(r"^        case \.\w+.*?: (\w+Page)\(", re.MULTILINE)
DRAWN = re.compile(r"^( *)#Preview\([^)]*\) \{(?: (.*) \}$|\n((?:\1 .*\n)+))", re.MULTILINE)


def previews(sources: pathlib.Path) -> int:
    """Each page has one; and one that is taken away is missed."""
    views = {path.name: path.read_text(encoding="utf-8") for path in sorted((sources / "Views").glob("*.swift"))}
    pages = PAGE.findall(views["RootView.swift"])
    drawn = ["".join(match.groups("")[1:]) for text in views.values() for match in DRAWN.finditer(text)]

    def without(drawn: list[str]) -> list[str]:
        return [page for page in pages if not any(f"{page}(" in text for text in drawn)]

    missing = without(drawn)
    for page in missing:
        print(f"no preview: {page}")
    for page in pages:
        if page not in without([text for text in drawn if f"{page}(" not in text]):
            print(f"a preview that is missing is not noticed: {page}")
            return 1
    cases = views["RootView.swift"].split("switch page {", 1)[1].split("\n        }", 1)[0].count("\n        case .")
    if len(pages) != cases:
        print(f"{cases} pages, of which {len(pages)} are found")
        return 1
    print(f"{len(pages) - len(missing)} of {len(pages)} pages have a preview")
    return len(missing)


# What says something by its colour. The shades of the text and the app's one tint say nothing.
NAMED = "red|orange|yellow|green|mint|teal|cyan|blue|indigo|purple|pink|brown"
COLOUR = re.compile(rf"\.(?:{NAMED})\b|\bColor\(|\b(?:UI|CG)Color\b")


def colours(sources: pathlib.Path) -> int:
    """No view names one; and one that did would be found."""
    found = 0
    for path in sorted((sources / "Views").glob("*.swift")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if COLOUR.search(line):
                print(f"{path.name}:{number} names a colour: {line.strip()}")
                found += 1
    for planted in (".foregroundStyle(.red)", ".tint(Color.orange)", "Color(red: 1, green: 0, blue: 0)", "UIColor.systemRed"):
        if not COLOUR.search(planted):
            print(f"a colour that is named is not noticed: {planted}")
            found += 1
    return found


def plant(sources: pathlib.Path, out: pathlib.Path) -> None:
    copy(sources, out / "app")
    for number, (name, file, right, wrong, _) in enumerate(MISTAKES):
        to = out / "mistakes" / f"{number:02}"
        copy(sources, to)
        path = to / "sources" / file
        text = path.read_text(encoding="utf-8")
        if text.count(right) < 1:
            sys.exit(f"mistakes: {file} has nothing to plant {name!r} in")
        path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def copy(sources: pathlib.Path, to: pathlib.Path) -> None:
    shutil.copytree(sources, to / "sources", ignore=shutil.ignore_patterns("Resources"))
    count = 0
    for path in sorted((to / "sources").rglob("*.swift")):
        text = path.read_text(encoding="utf-8").replace("#if DEBUG && !os(Linux)", "#if DEBUG")

        def function(_: re.Match) -> str:
            nonlocal count
            count += 1
            return f"@MainActor @ViewBuilder func preview{count}() -> some View {{"

        path.write_text(PREVIEW.sub(function, text), encoding="utf-8")


def judge(out: pathlib.Path) -> int:
    missed = 0
    for number, (name, _, _, _, reason) in enumerate(MISTAKES):
        copy = out / "mistakes" / f"{number:02}"
        errors = [line for line in (copy / "log").read_text(encoding="utf-8").splitlines() if "error:" in line]
        if (copy / "compiled").exists() or not any(reason in line for line in errors):
            missed += 1
            print(f"not noticed: {name}", *errors[:3], sep="\n  ")
    print(f"{len(MISTAKES) - missed} of {len(MISTAKES)} planted mistakes noticed")
    return missed


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["previews", sources]:
            sys.exit(previews(pathlib.Path(sources)) > 0)
        case ["colours", sources]:
            sys.exit(colours(pathlib.Path(sources)) > 0)
        case ["plant", sources, out]:
            plant(pathlib.Path(sources), pathlib.Path(out))
        case ["judge", out]:
            sys.exit(judge(pathlib.Path(out)) > 0)
        case _:
            sys.exit(__doc__)
