plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "jp.warifu.app"
    compileSdk = 34

    defaultConfig {
        applicationId = "jp.warifu.app"
        minSdk = 28
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
        ndk { abiFilters += listOf("arm64-v8a", "armeabi-v7a", "x86_64") }
    }

    sourceSets["main"].apply {
        res.srcDir(layout.buildDirectory.dir("texts/res"))
        java.srcDir(layout.buildDirectory.dir("texts/java"))
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            proguardFiles("proguard-rules.pro")
        }
    }
}

// Every sentence comes from texts.toml.
val texts by tasks.registering(Exec::class) {
    val out = layout.buildDirectory.dir("texts").get().asFile
    inputs.files("../texts", "../../texts.toml")
    outputs.dir(out)
    commandLine("python3", "../texts", out.resolve("res").path, out.resolve("java").path)
}
tasks.named("preBuild") { dependsOn(texts) }

dependencies {
    implementation("jp.warifu:warifu-android:0.1.0")
    // Reads QR codes; well kept, pure Java, no dependency of its own.
    implementation("com.google.zxing:core:3.5.4")
}
