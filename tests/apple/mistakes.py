"""usage: mistakes.py declarations SHIMS | plant SOURCES OUT | judge OUT

Whether the check of the sources for Apple's systems notices what is wrong. `plant` copies the sources once for each
mistake of the list, with that mistake in them; when `check` has compiled each copy, `judge` looks whether the compiler
refused it, and for the reason that was meant. `declarations` wants Apple's page named at each declaration of the shims.
"""

import pathlib
import re
import shutil
import sys

SYSTEM = "WarifuApple/Keychain/SystemSecurity.swift"
PROTECTOR = "WarifuApple/KeychainKeyProtector.swift"
CLOCK = "Warifu/SystemClock.swift"
MODEL = "WarifuApple/TokenModel.swift"
TRANSPORT = "Warifu/URLSessionTransport.swift"

PAGES = (
    "// https://developer.apple.com/documentation/",
    "// https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/",
    "// https://github.com/apple-oss-distributions/",
)

# What it is, the file, what stands there, what is put in its place, and what the compiler has to say.
MISTAKES = [
    (
        "a misspelt constant",
        SYSTEM,
        "kSecAttrTokenIDSecureEnclave,",
        "kSecAttrTokenIDSecureEnclav,",
        "in scope",
    ),
    (
        "a wrong label",
        SYSTEM,
        "canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error:",
        "canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, failure:",
        "incorrect argument label",
    ),
    (
        "a wrong type",
        SYSTEM,
        "context.localizedReason = text.reason",
        "context.localizedReason = text",
        "cannot assign value of type 'PromptText'",
    ),
    (
        "a missing argument",
        SYSTEM,
        "SecItemAdd(attributes as CFDictionary, nil)",
        "SecItemAdd(attributes as CFDictionary)",
        "missing argument",
    ),
    (
        "a dictionary that is not Core Foundation's",
        SYSTEM,
        "SecItemDelete(query as CFDictionary)",
        "SecItemDelete(query)",
        "cannot convert value",
    ),
    (
        "data that is not Core Foundation's",
        SYSTEM,
        "ciphertext as CFData",
        "ciphertext",
        "cannot convert value",
    ),
    (
        "an optional used as a value",
        SYSTEM,
        "guard let publicKey = SecKeyCopyPublicKey(key) else",
        "let publicKey = SecKeyCopyPublicKey(key)\n            if false",
        "must be unwrapped",
    ),
    (
        "an error that is not taken out of its box",
        SYSTEM,
        "error?.takeRetainedValue()",
        "error",
        "cannot convert value",
    ),
    (
        "a result that nobody looks at",
        SYSTEM,
        "try check(SecItemUpdate(keyQuery(tag: tag) as CFDictionary, change as CFDictionary))",
        "SecItemUpdate(keyQuery(tag: tag) as CFDictionary, change as CFDictionary)",
        "unused",
    ),
    (
        "an unknown case",
        SYSTEM,
        "case .biometryLockout:",
        "case .touchIDLockedOut:",
        "has no member",
    ),
    (
        "a case left out",
        SYSTEM,
        "            case .whilePasscodeSet: kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly\n",
        "",
        "must be exhaustive",
    ),
    (
        "an error of another type",
        SYSTEM,
        "throw SecurityFault(status: errSecDecode)",
        "throw CancellationError()",
        "thrown expression type",
    ),
    (
        "a context sent to a task",
        SYSTEM,
        "            context.localizedReason = text.reason\n",
        "            Task.detached { context.invalidate() }\n            context.localizedReason = text.reason\n",
        "could race",
    ),
    (
        "a class that only says that it may be shared",
        SYSTEM,
        "SystemPrompt, @unchecked Sendable {",
        "SystemPrompt {",
        "non-sendable type",
    ),
    (
        "a wrong type in the clock",
        CLOCK,
        "sysctlbyname(\"kern.bootsessionuuid\", &text, &size, nil, 0) == 0",
        "sysctlbyname(\"kern.bootsessionuuid\", &text, &size, nil, 0) == nil",
        "nil",
    ),
    (
        "a notification of another name",
        CLOCK,
        ".NSSystemClockDidChange",
        ".NSSystemTimeDidChange",
        "has no member",
    ),
    (
        "an observer that is shared",
        CLOCK,
        "nonisolated(unsafe) let observer",
        "let observer",
        "non-sendable type",
    ),
    (
        "a version of TLS that there is not",
        TRANSPORT,
        ".TLSv12",
        ".TLSv12_0",
        "has no member",
    ),
    (
        "the main thread's state read from elsewhere",
        MODEL,
        "locking = Task { [token] in\n",
        "locking = Task.detached { [token] in\n            _ = self.screen\n",
        "'async' but is not marked",
    ),
    (
        "a missing await in a loop",
        MODEL,
        "for try await screen in screens",
        "for try screen in screens",
        "to conform to 'Sequence'",
    ),
    (
        "a missing await",
        PROTECTOR,
        "try await atKeychain { [anchors] in try anchors.read(vault) }",
        "try atKeychain { [anchors] in try anchors.read(vault) }",
        "'async'",
    ),
    (
        "a missing try",
        PROTECTOR,
        "guard try calls.key(tagged: tag) == nil else",
        "guard calls.key(tagged: tag) == nil else",
        "not marked with 'try'",
    ),
    (
        "a capture that may not be shared",
        PROTECTOR,
        "        let prompt = calls.prompt(text())\n",
        "        let prompt = calls.prompt(text())\n        var count = 0\n        queue.async { count += 1 }\n",
        "concurrently-executing code",
    ),
    (
        "a requirement that is not met",
        PROTECTOR,
        "public func mac(of message:",
        "public func mac(for message:",
        "different argument labels",
    ),
    (
        "a shared value without a lock",
        PROTECTOR,
        "    private let service: String\n",
        "    private let service: String\n    private var count = 0\n",
        "stored property 'count'",
    ),
]


def declarations(shims: pathlib.Path) -> int:
    """Each public declaration but initialisers and raw values has a line above it with the page that says so."""
    missing = count = 0
    for path in sorted(shims.glob("*.swift")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if not re.match(r"\s*(@\S+ )?(public|open|case) ", line) or re.search(r"import|init\(|let rawValue", line):
                continue
            count += 1
            above = (text.strip() for text in reversed(lines[:number]) if not text.strip().startswith(("// Not", "@")))
            if not next(above).startswith(PAGES):
                print(f"{path.name}:{number + 1}: no page of Apple's: {line.strip()}")
                missing += 1
    print(f"{count} declarations of Apple's")
    return missing


def plant(sources: pathlib.Path, out: pathlib.Path) -> None:
    for number, (name, file, right, wrong, _) in enumerate(MISTAKES):
        copy = out / f"{number:02}"
        module = file.split("/")[0]
        shutil.copytree(sources / module, copy / "sources" / module, ignore=shutil.ignore_patterns("*.docc"))
        path = copy / "sources" / file
        text = path.read_text(encoding="utf-8")
        if text.count(right) < 1:
            sys.exit(f"mistakes: {file} has nothing to plant {name!r} in")
        path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def judge(out: pathlib.Path) -> int:
    missed = 0
    for number, (name, _, _, _, reason) in enumerate(MISTAKES):
        copy = out / f"{number:02}"
        errors = [line for line in (copy / "log").read_text(encoding="utf-8").splitlines() if "error:" in line]
        if (copy / "compiled").exists() or not any(reason in line for line in errors):
            missed += 1
            print(f"not noticed: {name}", *errors[:3], sep="\n  ")
    print(f"{len(MISTAKES) - missed} of {len(MISTAKES)} planted mistakes noticed")
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
