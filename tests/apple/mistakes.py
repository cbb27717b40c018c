"""usage: mistakes.py declarations SHIMS | plant SOURCES OUT | judge OUT

Whether the check of the sources for Apple's systems notices what is wrong. `plant` copies the sources once for each
mistake of mistakes.toml, with that mistake in them. When `check` has compiled each copy, and run those that are to be run,
`judge` looks whether that failed, and for the reason that was meant. `declarations` wants Apple's page named at each
declaration of the shims.
"""

import pathlib
import re
import shutil
import sys
import tomllib

PAGES = (
    "// https://developer.apple.com/documentation/",
    "// https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/",
    "// https://github.com/apple-oss-distributions/",
)

MISTAKES = tomllib.loads((pathlib.Path(__file__).parent / "mistakes.toml").read_text(encoding="utf-8"))
ALL = [(kind, mistake) for kind in ("compiled", "run") for mistake in MISTAKES[kind]]


# What is public; what a protocol demands, which says nothing of that; and what is said to keep a protocol.
ATTRIBUTES = r"(@\w+(\([^)]*\))? )*"
DECLARATION = re.compile(
    rf"\s*{ATTRIBUTES}(public|open|case) "
    rf"|\s*{ATTRIBUTES}extension [\w.]+: "
    r"|\s+(associatedtype|typealias) "
    rf"|\s+{ATTRIBUTES}((mutating|nonisolated|static|class) )*(var|func|init|subscript)\b[^=]*$"
)
# Lines by hand, and whether each is one: the pattern is held to them.
FORMS = [
    ("public struct Path {", True),
    ("@MainActor open class View: Base {", True),
    ("    @available(iOS 17, *) public init(_ text: String) { fatalError() }", True),
    ("    public static let new = Options(rawValue: 1)", True),
    ("    case denied", True),
    ("extension String: Transferable {}", True),
    ("extension Outer.Inner: @unchecked Sendable {}", True),
    ("    associatedtype Body: View", True),
    ("    typealias Context = Other<Self>", True),
    ("    var body: Body { get }", True),
    ("    static var layout: Layout { get }", True),
    ("    @MainActor func make(context: Context) -> Made", True),
    ("    static func dismantle(_ view: Made)", True),
    ("    mutating func take() -> Int?", True),
    ("    nonisolated init(_ text: String)", True),
    ("    subscript(key: Key) -> Value { get }", True),
    ("extension Outer {", False),
    ("@_exported public import Foundation", False),
    ("import Foundation", False),
    ("    let kept = 1", False),
    ("    // public and so on", False),
    ("}", False),
]


def declarations(shims: pathlib.Path) -> int:
    """Each declaration, initialisers and raw values too, has a line above it with the page that says so."""
    missing = count = 0
    for line, is_one in FORMS:
        if is_declaration(line) != is_one:
            print(f"taken for {'none' if is_one else 'a declaration'}: {line}")
            missing += 1
    for path in sorted(shims.glob("*.swift")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found, without = undocumented(lines)
        for number in without:
            print(f"{path.name}:{number + 1}: no page of Apple's: {lines[number].strip()}")
        count, missing = count + found, missing + len(without)
        # Without its pages nothing of it has one.
        spoilt = [re.sub("|".join(PAGES), "// ", line) for line in lines]
        if undocumented(spoilt) != (found, [number for number in range(len(lines)) if is_declaration(lines[number])]):
            print(f"{path.name}: a page that is missing is not noticed")
            missing += 1
    print(f"{count} declarations of Apple's")
    return missing


def undocumented(lines: list[str]) -> tuple[int, list[int]]:
    """How many declarations there are, and the lines of those without a page."""
    found = [number for number, line in enumerate(lines) if is_declaration(line)]

    def has_page(number: int) -> bool:
        above = (text.strip() for text in reversed(lines[:number]) if not text.strip().startswith(("// Not", "@")))
        return next(above, "").startswith(PAGES)

    return len(found), [number for number in found if not has_page(number)]


def is_declaration(line: str) -> bool:
    return DECLARATION.match(line) is not None and re.match(rf"\s*{ATTRIBUTES}(public )?import ", line) is None


def plant(sources: pathlib.Path, out: pathlib.Path) -> None:
    for number, (kind, mistake) in enumerate(ALL):
        copy = out / f"{number:02}"
        module = mistake["file"].split("/")[0]
        shutil.copytree(sources / module, copy / "sources" / module, ignore=shutil.ignore_patterns("*.docc"))
        path = copy / "sources" / mistake["file"]
        text = path.read_text(encoding="utf-8")
        if mistake["there"] not in text:
            sys.exit(f"mistakes: {mistake['file']} has nothing to plant {mistake['name']!r} in")
        path.write_text(text.replace(mistake["there"], mistake["put"], 1), encoding="utf-8")
        if kind == "run":
            (copy / "to-run").touch()


def judge(out: pathlib.Path) -> int:
    missed = 0
    for number, (kind, mistake) in enumerate(ALL):
        copy = out / f"{number:02}"
        log = (copy / "log").read_text(encoding="utf-8").splitlines()
        errors = [line for line in log if {"compiled": "error:", "run": "not so:"}[kind] in line]
        if (copy / "went-well").exists() or not any(mistake["said"] in line for line in errors):
            missed += 1
            print(f"not noticed: {mistake['name']}", *(errors or log)[:3], sep="\n  ")
    print(f"{len(ALL) - missed} of {len(ALL)} planted mistakes noticed")
    return missed


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["declarations", shims]:
            sys.exit(declarations(pathlib.Path(shims)) > 0)
        case ["plant", sources, out]:
            plant(pathlib.Path(sources), pathlib.Path(out))
        case ["judge", out]:
            sys.exit(judge(pathlib.Path(out)) > 0)
        case _:
            sys.exit(__doc__)
