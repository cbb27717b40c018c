use std::{
    fs::File,
    io::{self, Write as _},
    os::fd::AsFd,
    path::PathBuf,
    sync::Arc,
};

use clap::Subcommand;
use warifu::{
    credential::{InvalidLabel, Label},
    secret::SystemRandom,
    time::{Millis, UnixMillis},
};
use warifu_verifier::Rules;

use super::{
    Failure,
    arguments::Places,
    commands::{self, FEW, print},
    secret::secret,
};
use crate::{
    bank::{Bank, NewContract, Password, PrintedLetter, TransferTerms, typed},
    calendar::InJapan,
    clock::Clock,
    enrolment::Rate,
    store::{AccountId, AccountKind, ContractId, InvalidContractId, Number, Yen},
};

#[derive(Subcommand)]
pub(super) enum Contract {
    /// Makes a contract. The login password is asked for at the terminal.
    Add {
        /// Its ID: ten digits.
        #[arg(value_parser = id)]
        id: ContractId,
        /// The customer's name.
        #[arg(long, value_parser = label)]
        name: Label,
        /// Where notices go.
        #[arg(long, value_parser = label)]
        address: Label,
        /// Takes the password from the first line of this file, which others may not read.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Opens an account for a contract.
    OpenAccount {
        /// The contract's ID.
        #[arg(value_parser = id)]
        id: ContractId,
        /// The branch: three digits.
        #[arg(long, value_parser = number::<3>)]
        branch: Number<3>,
        /// The account's number: seven digits.
        #[arg(long, value_parser = number::<7>)]
        number: Number<7>,
        /// 当座 and not 普通.
        #[arg(long)]
        current: bool,
        /// As other banks call the holder.
        #[arg(long, value_parser = label)]
        holder: Label,
        /// How many yen are paid in.
        #[arg(long, value_parser = yen)]
        paid_in: Option<Yen>,
    },
    /// Sets another login password, asked for at the terminal. All sessions end. Know who asks.
    SetPassword {
        /// The contract's ID.
        #[arg(value_parser = id)]
        id: ContractId,
        /// Takes the password from the first line of this file, which others may not read.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Forgets what failed at the contract's logins and registrations, and the waits that came of it. A
    /// token is unlocked by `credential unlock`.
    Unlock {
        /// The contract's ID.
        #[arg(value_parser = id)]
        id: ContractId,
    },
    /// Prints a code with which a token that is lost can be exchanged, once. Know who asks.
    ResetToken {
        /// The contract's ID.
        #[arg(value_parser = id)]
        id: ContractId,
        /// How long it may be used.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=2160))]
        hours: u32,
    },
    /// Prints a confirmation code for a customer without a token who is at the desk, as a letter would have
    /// it. Know who asks.
    Letter {
        /// The contract's ID.
        #[arg(value_parser = id)]
        id: ContractId,
        /// How long it may be used.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=90))]
        days: u32,
    },
    /// Prints the letters that wait to be posted, each once: contract ID, name, confirmation code and until
    /// when it is good, in Japan's time, with a tab between them. Write them to a file, which is synced before
    /// they are noted as printed.
    Letters,
}

pub(super) async fn run(places: &Places, command: Contract) -> Result<(), Failure> {
    // Before anything is opened: whoever types a password takes their time.
    let password = match &command {
        Contract::Add { password_file, .. } | Contract::SetPassword { password_file, .. } => {
            let text = secret(password_file.as_deref(), "login password")?;
            Some(Password::new(&text)?)
        }
        _ => None,
    };
    let bank = bank(places).await?;
    let done = async {
        bank.hold_key().await?;
        carry_out(&bank, command, password).await
    };
    let done = done.await;
    bank.store().close().await;
    done
}

async fn carry_out(
    bank: &Bank,
    command: Contract,
    password: Option<Password>,
) -> Result<(), Failure> {
    let now = Clock::system().now();
    match (command, password) {
        (Contract::Add { id, name, address, .. }, Some(password)) => {
            let shown = id.as_str().to_owned();
            bank.add_contract(NewContract { id, name, address, password }, now).await?;
            print(&format!("contract: {shown}"))
        }
        (Contract::SetPassword { id, .. }, Some(password)) => {
            Ok(bank.set_password(&id, password, now).await?)
        }
        (Contract::Add { .. } | Contract::SetPassword { .. }, None) => Err(Failure::NotText),
        (Contract::Unlock { id }, _) => Ok(bank.unlock(&id, now).await?),
        (Contract::OpenAccount { id, branch, number, current, holder, paid_in }, _) => {
            let kind = if current { AccountKind::Current } else { AccountKind::Ordinary };
            let account = AccountId::of(&branch, kind, &number);
            bank.store().open_account(&account, &id, &holder, paid_in, now).await?;
            print(&format!("account: {}", account.as_str()))
        }
        (Contract::ResetToken { id, hours }, _) => {
            let lifetime = Millis::from_secs(u64::from(hours).saturating_mul(3600));
            print(bank.reset_token(&id, lifetime, now).await?.expose())
        }
        (Contract::Letter { id, days }, _) => {
            let lifetime = Millis::from_secs(u64::from(days).saturating_mul(86_400));
            let code = bank.hand_over_letter(&id, lifetime, now).await?;
            print(&typed::in_groups(code.expose()))
        }
        (Contract::Letters, _) => print_letters(bank, now).await,
    }
}

/// Prints all letters that wait, and notes it of each batch once it is written and, in a file, synced.
/// Whoever is stopped between finds the batch again the next time: a letter may be printed twice. What is
/// noted is never printed again, so it must be where it was written to.
async fn print_letters(bank: &Bank, now: UnixMillis) -> Result<(), Failure> {
    let (mut after, mut is_synced) = (0, true);
    loop {
        let letters = bank.unprinted_letters(after, now, BATCH).await?;
        let Some(last) = letters.last() else { break };
        after = last.number;
        for letter in letters.iter().map(|letter| bank.print_letter(letter)) {
            let PrintedLetter { contract, name, code, expires_at } = letter;
            let (contract, code) = (contract.as_str(), typed::in_groups(code.expose()));
            let (name, until) = (name.as_str(), InJapan::from(expires_at));
            print(&format!("{contract}\t{name}\t{}\t{until}", code.as_str()))?;
        }
        is_synced = sync(&io::stdout())?;
        bank.letters_printed(&letters, now).await?;
    }
    if !is_synced {
        let _ = writeln!(io::stderr(), "warifu-bank: {NOT_SYNCED}");
    }
    Ok(())
}

/// Waits until the disk has what was written to this; false where it is no file, and so has no disk.
fn sync(out: &impl AsFd) -> io::Result<bool> {
    let out = File::from(out.as_fd().try_clone_to_owned()?);
    let is_file = out.metadata()?.is_file();
    if is_file {
        out.sync_all()?;
    }
    Ok(is_file)
}

/// The bank on the database and the keys of these places.
async fn bank(places: &Places) -> Result<Bank, Failure> {
    let digests = commands::digests(places)?;
    let service = Arc::new(commands::service(places, Rules::default(), FEW).await?);
    let (store, random) = (service.store().clone(), Arc::new(SystemRandom::new()));
    let (rate, terms) = (Rate::default(), TransferTerms::default());
    // Whoever they say they are: this is who the machine knows them as.
    let staff = format!("uid {}", rustix::process::getuid().as_raw());
    Ok(Bank::new(store, service, digests, random, rate, terms).for_staff(&staff))
}

fn id(text: &str) -> Result<ContractId, InvalidContractId> {
    ContractId::new(text)
}

fn label(text: &str) -> Result<Label, InvalidLabel> {
    Label::new(text)
}

fn number<const N: usize>(text: &str) -> Result<Number<N>, String> {
    Number::new(text).ok_or_else(|| format!("{N} digits"))
}

fn yen(text: &str) -> Result<Yen, String> {
    let yen = text.parse().ok().and_then(Yen::new);
    yen.ok_or_else(|| format!("whole yen, 1 to {}", Yen::MAX.value()))
}

const NOT_SYNCED: &str = "the letters are noted as printed, and standard output is no file: whether what \
     reads it keeps them is not known here";
/// How many letters are noted as printed in one commit.
const BATCH: u16 = 200;
