"""usage: project.py

Whether the Xcode project is what a person with Xcode needs: it is parsed, each object that it names is there, each file
that it names exists, and each file of the app is in its one synchronised folder. The property lists and catalogs are read,
and hold what the app and the App Store ask for.

Needs pbxproj, of PyPI.
"""

import json
import pathlib
import plistlib
import re
import sys
import tomllib

from pbxproj import XcodeProject

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PROJECT = HERE / "Warifu.xcodeproj/project.pbxproj"
# `ios/core` makes it.
PACKAGE = "../target/ios/Warifu"
REASONS = {
    "NSPrivacyAccessedAPICategoryFileTimestamp": ["C617.1"],
    "NSPrivacyAccessedAPICategorySystemBootTime": ["35F9.1"],
}

faults = []


def expect(holds: bool, fault: str) -> None:
    if not holds:
        faults.append(fault)


def main() -> None:
    project = XcodeProject.load(str(PROJECT))
    references(project)
    files(project)
    settings(project)
    property_lists()
    catalogs()
    for fault in faults:
        print(fault)
    print(f"{len(list(project.objects.get_keys()))} objects in the project, {len(faults)} faults")
    sys.exit(1 if faults else 0)


def references(project: XcodeProject) -> None:
    """Each name of an object is an object's, and each object is named."""
    text = PROJECT.read_text(encoding="utf-8")
    there = set(project.objects.get_keys())
    named = re.findall(r"\b[0-9A-F]{24}\b|\bA1[0-9]{20}\b", text)
    for name in sorted(set(named)):
        expect(name in there, f"{name} is no object")
        expect(named.count(name) > 1, f"{name} is named by nobody")
    expect(str(project.objectVersion) == "77", "the project is not of Xcode 16's format")


def files(project: XcodeProject) -> None:
    """Each file that the project names exists, and no source lies where the project does not see it."""
    folders = []
    for group in project.objects.get_objects_in_section("PBXFileSystemSynchronizedRootGroup"):
        folders.append(HERE / group.path)
        expect((HERE / group.path).is_dir(), f"there is no folder {group.path}")
    configuration = next(
        group for group in project.objects.get_objects_in_section("PBXGroup") if "path" in group.get_keys()
    )
    for file in project.objects.get_objects_in_section("PBXFileReference"):
        if file.sourceTree == "<group>":
            path = HERE / configuration.path / file.path
            expect(path.is_file(), f"there is no file {path.relative_to(HERE)}")
    packages = project.objects.get_objects_in_section("XCLocalSwiftPackageReference")
    expect([package.relativePath for package in packages] == [PACKAGE], "the core's package is not the one of ios/core")
    expect(PACKAGE.removeprefix("../") in (HERE / "core").read_text(encoding="utf-8"), "ios/core makes another package")
    manifest = (ROOT / "bindings/swift/Package.swift").read_text(encoding="utf-8")
    for product in project.objects.get_objects_in_section("XCSwiftPackageProductDependency"):
        expect(f'.library(name: "{product.productName}"' in manifest, f"the package has no product {product.productName}")
    for source in HERE.rglob("*.swift"):
        inside = any(source.is_relative_to(folder) for folder in folders)
        beside = source.relative_to(HERE).parts[0] in ("Tests", "Package.swift", ".build")
        expect(inside or beside, f"{source.relative_to(HERE)} is in no folder of the project")


def settings(project: XcodeProject) -> None:
    """What the configurations name is there, and is as the documents say."""
    found = {}
    for name in ("App", "Debug", "Release"):
        text = (HERE / f"Configuration/{name}.xcconfig").read_text(encoding="utf-8")
        for line in text.splitlines():
            if line and not line.startswith(("//", "#")):
                key, equals, value = line.partition("=")
                expect(equals == "=", f"{name}.xcconfig: {line}")
                found.setdefault(key.strip(), value.strip())
        for included in re.findall(r'^#include "(.*)"', text, re.MULTILINE):
            expect((HERE / "Configuration" / included).is_file(), f"{name}.xcconfig includes no file: {included}")
    for key in ("INFOPLIST_FILE", "CODE_SIGN_ENTITLEMENTS"):
        named = re.sub(r"\$\((\w+)\)", lambda setting: found.get(setting[1], ""), found[key])
        expect((HERE / named).is_file(), f"{key} names no file")
    # What Run needs without a bank's settings, and with a personal team.
    expect(found["WARIFU_ENTITLEMENTS"] == "Warifu" and found["WARIFU_BANK_HOST"] == "", "a bank's host in every app")
    expect(found["SWIFT_VERSION"] == "6.0", "the language is not Swift 6")
    expect(found["IPHONEOS_DEPLOYMENT_TARGET"] == "17.0", "the app is not for iOS 17")
    icon = HERE / f"Warifu/Resources/Assets.xcassets/{found['ASSETCATALOG_COMPILER_APPICON_NAME']}.appiconset"
    for image in json.loads((icon / "Contents.json").read_text(encoding="utf-8"))["images"]:
        png = (icon / image["filename"]).read_bytes()
        size = f"{int.from_bytes(png[16:20])}x{int.from_bytes(png[20:24])}"
        expect(png.startswith(b"\x89PNG") and size == image["size"], f"{image['filename']} is not {image['size']}")
        # The App Store refuses one with transparency: colour type 2 has none.
        expect(png[25] == 2, f"{image['filename']} has transparency")
    configurations = project.objects.get_objects_in_section("XCBuildConfiguration")
    expect(sorted(each.name for each in configurations) == ["Debug"] * 2 + ["Release"] * 2, "the configurations")


def property_lists() -> None:
    texts = tomllib.loads((ROOT / "texts.toml").read_text(encoding="utf-8"))["ios"]["plist"]
    info = plistlib.loads((HERE / "Configuration/Info.plist").read_bytes())
    expect(info["CFBundleDevelopmentRegion"] == "ja", "the language that the others are of is not Japanese")
    for key, text in texts.items():
        expect(info.get(key) == text["ja"], f"Info.plist says something else than texts.toml: {key}")
    schemes = [scheme for kind in info["CFBundleURLTypes"] for scheme in kind["CFBundleURLSchemes"]]
    expect(schemes == ["otpauth"], "links to the app")
    expect("NSAppTransportSecurity" not in info, "an exception to https")
    expect(info["WarifuBankHost"] == "$(WARIFU_BANK_HOST)", "the app does not know the host of its links")
    protected = {"com.apple.developer.default-data-protection": "NSFileProtectionComplete"}
    linked = {"com.apple.developer.associated-domains": ["applinks:$(WARIFU_BANK_HOST)"]}
    for name, expected in (("Warifu", protected), ("Bank", protected | linked)):
        entitlements = plistlib.loads((HERE / f"Configuration/{name}.entitlements").read_bytes())
        expect(entitlements == expected, f"the entitlements of {name}.entitlements")
    privacy = plistlib.loads((HERE / "Warifu/Resources/PrivacyInfo.xcprivacy").read_bytes())
    reasons = {
        entry["NSPrivacyAccessedAPIType"]: entry["NSPrivacyAccessedAPITypeReasons"]
        for entry in privacy["NSPrivacyAccessedAPITypes"]
    }
    expect(reasons == REASONS, "the reasons of PrivacyInfo.xcprivacy")
    expect(privacy["NSPrivacyTracking"] is False and privacy["NSPrivacyTrackingDomains"] == [], "tracking")


def catalogs() -> None:
    """Each text is translated into each language, with the same places."""
    for path in sorted((HERE / "Warifu/Resources").glob("*.xcstrings")):
        catalog = json.loads(path.read_text(encoding="utf-8"))
        expect(catalog["version"] == "1.0" and catalog["sourceLanguage"] == "ja", f"{path.name} is of another format")
        for key, entry in catalog["strings"].items():
            units = {language: text["stringUnit"] for language, text in entry["localizations"].items()}
            expect(set(units) == {"en", "ja"}, f"{path.name}: {key} is not in both languages")
            expect(all(unit["state"] == "translated" for unit in units.values()), f"{path.name}: {key}")
            places = {frozenset(re.findall(r"%[0-9]\$@", unit["value"])) for unit in units.values()}
            expect(len(places) == 1, f"{path.name}: {key} has other places in one language")


if __name__ == "__main__":
    main()
