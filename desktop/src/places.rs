//! Where the vault lies.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;

use crate::failure::PcError;

/// The platform's folder for a program's data, with `warifu/token.warifu` in it.
///
/// # Errors
/// [`PcError::NoFolder`] if the platform names none, as without a home.
pub fn default_vault() -> Result<PathBuf, PcError> {
    let strategy = etcetera::base_strategy::choose_native_strategy();
    let data = strategy.map_err(|_| PcError::NoFolder)?.data_dir();
    Ok(data.join("warifu").join("token.warifu"))
}

/// Makes the folder of the default vault, for its owner alone. A folder that somebody chose is left
/// as it is.
///
/// # Errors
/// [`PcError::NoFolder`] if it cannot be made.
pub fn make_folder(vault: &Path) -> Result<(), PcError> {
    let Some(folder) = vault.parent() else { return Ok(()) };
    if default_vault().is_ok_and(|default| default == vault) {
        make_private(folder).map_err(|_| PcError::NoFolder)?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

/// Windows and others: a user's data folder is the user's alone by its inherited rights.
#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}
