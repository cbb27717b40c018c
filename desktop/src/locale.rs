//! Which language to speak.

use std::env;

/// A language that the texts exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Lang {
    /// The language of the system: the first of LC_ALL, LC_MESSAGES and LANG that is set (POSIX),
    /// else what the platform says.
    pub fn of_system() -> Self {
        let posix = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(env::var_os)
            .find(|value| !value.is_empty());
        match posix {
            Some(value) => Self::of_locale(&value.to_string_lossy()),
            None => Self::of_locale(&sys_locale::get_locale().unwrap_or_default()),
        }
    }

    /// The language on the command line, before the command line as a whole is understood: the help
    /// and the complaints about the command line are in that language too.
    pub fn of_arguments<I: IntoIterator<Item = std::ffi::OsString>>(arguments: I) -> Option<Self> {
        let mut arguments = arguments.into_iter().skip(1);
        while let Some(argument) = arguments.next() {
            let argument = argument.to_string_lossy().into_owned();
            let value = match argument.strip_prefix("--lang") {
                Some("") => arguments.next().map(|value| value.to_string_lossy().into_owned()),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None if argument == "--" => return None,
                None => None,
            };
            match value.as_deref() {
                Some("ja") => return Some(Self::Ja),
                Some("en") => return Some(Self::En),
                _ => {}
            }
        }
        None
    }

    /// The language of a locale's name, like `ja_JP.UTF-8`. What is not Japanese gets English.
    fn of_locale(name: &str) -> Self {
        let language = name.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("ja") { Self::Ja } else { Self::En }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_japanese_by_its_language_alone() {
        for name in ["ja", "ja_JP.UTF-8", "ja-JP", "JA_JP@currency=JPY"] {
            assert_eq!(Lang::of_locale(name), Lang::Ja, "{name}");
        }
        for name in ["", "C", "C.UTF-8", "en_US.UTF-8", "jam_JM", "POSIX"] {
            assert_eq!(Lang::of_locale(name), Lang::En, "{name}");
        }
    }

    #[test]
    fn the_command_line_names_the_language_in_either_spelling() {
        let of = |line: &str| Lang::of_arguments(line.split(' ').map(Into::into));
        assert_eq!(of("warifu --lang ja list"), Some(Lang::Ja));
        assert_eq!(of("warifu list --lang=en"), Some(Lang::En));
        assert_eq!(of("warifu list"), None);
        assert_eq!(of("warifu rename -- --lang=en"), None);
    }
}
