//! Prints what the QR code in a picture holds, for tests that compare with other implementations.
//!
//! ```sh
//! cargo run -p warifu-desktop --example read_qr -- picture.png
//! ```

use std::{error::Error, fs::File, io::Write as _};

use warifu_desktop::picture;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("name a picture")?;
    let bytes = picture::read_bounded(File::open(path)?)??;
    std::io::stdout().write_all(&picture::read(&bytes)?)?;
    Ok(())
}
