// For Android Studio. What is tested is Maven's build: docs/android.md.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
        // warifu's own artifacts: bindings/kotlin/check and android-check deploy them there.
        maven(url = rootDir.resolve("../bindings/kotlin/target/repository"))
    }
}

rootProject.name = "warifu"
include(":app")
