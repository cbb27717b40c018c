//! Writes the Kotlin and Swift sides of the boundary; `bindings/generate` calls it.

fn main() {
    uniffi::uniffi_bindgen_main();
}
