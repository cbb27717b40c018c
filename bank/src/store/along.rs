use sqlx::AnyConnection;
use warifu::time::UnixMillis;
use warifu_verifier::{Row, State};

use super::{
    Activation, Contract, ContractId, Credential, NewEvent, NewLetter, NewSession, NewTransfer,
    Numbered, Store, StoreError, Written, activations, attempts, contracts, credentials, history,
    ledger, letters, refused, sessions,
};

/// What is committed together with what a credential's code allowed: all of it, or none.
#[derive(Debug, Clone, Default)]
pub struct Along<'a> {
    /// What becomes of the contract, if it is still the one that was read.
    pub contract: Option<ContractChange<'a>>,
    /// What is written into the contract's history, and sent to its address where the event is one to be
    /// told of.
    pub events: Vec<NewEvent<'a>>,
    /// A login that is recorded: how many passwords were refused before it goes into the history with it, and
    /// is counted anew.
    pub login: Option<Login<'a>>,
    /// What is booked.
    pub transfer: Option<&'a NewTransfer>,
    /// Subjects whose failures are forgotten, each with all whose names are its own and a further word.
    pub forgets: Vec<String>,
    /// Whose sessions end.
    pub ends_sessions_of: Option<&'a ContractId>,
    /// The session that begins with a login.
    pub session: Option<&'a NewSession>,
    /// A letter that is to be sent, or that staff hand over.
    pub letter: Option<&'a NewLetter>,
    /// Whose letters are good for nothing any more, and since when.
    pub ends_letters_of: Option<(&'a ContractId, UnixMillis)>,
    /// An activation code that a customer drew, in the place of those that they drew before.
    pub activation: Option<&'a Activation>,
}

/// A login, as far as it ends a count of refused passwords.
#[derive(Debug, Clone)]
pub struct Login<'a> {
    /// To which contract.
    pub contract: &'a ContractId,
    /// The subject under which passwords that were refused are counted ([`Store::count_failure`]).
    pub refused: String,
    /// When.
    pub at: UnixMillis,
}

/// A contract, and what is put in its place.
#[derive(Debug, Clone)]
pub struct ContractChange<'a> {
    /// As it was read.
    pub read: &'a Numbered<Contract>,
    /// As it shall be. Its ID is not changed.
    pub next: Contract,
}

impl Store {
    /// Puts states in the place of those that were judged, if all of them are still there, and with them
    /// what goes along.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses; then nothing is changed, or it is not known whether.
    /// [`StoreError::Exists`] if the credential that a contract is to have is another's.
    pub async fn commit(
        &self,
        changes: &[(&Numbered<Credential>, State)],
        along: &Along<'_>,
    ) -> Result<Written, StoreError> {
        match self.commit_in_one(changes, along).await {
            Err(error) if error.is_conflict() => Ok(Written::Overtaken),
            written => written,
        }
    }

    async fn commit_in_one(
        &self,
        changes: &[(&Numbered<Credential>, State)],
        along: &Along<'_>,
    ) -> Result<Written, StoreError> {
        let mut transaction = self.begin().await?;
        for (judged, next) in changes {
            if credentials::compare_and_set(&mut transaction, judged, next).await?
                == Written::Overtaken
            {
                transaction.rollback().await?;
                return Ok(Written::Overtaken);
            }
        }
        if along.write(&mut transaction, changes).await? == Written::Overtaken {
            transaction.rollback().await?;
            return Ok(Written::Overtaken);
        }
        transaction.commit().await?;
        Ok(Written::Yes)
    }
}

impl Along<'_> {
    async fn write(
        &self,
        connection: &mut AnyConnection,
        changes: &[(&Numbered<Credential>, State)],
    ) -> Result<Written, StoreError> {
        if let Some(change) = &self.contract
            && contracts::compare_and_set(connection, change).await? == Written::Overtaken
        {
            return Ok(Written::Overtaken);
        }
        if let Some(login) = &self.login
            && let Some(failures) = attempts::take(connection, &login.refused).await?
        {
            refused::insert(connection, login.contract, failures, login.at).await?;
        }
        for event in &self.events {
            let of_event = |change: &&(&Numbered<Credential>, State)| {
                event.credential == Some(&change.0.value.id)
            };
            let step = changes.iter().find(of_event).and_then(spent_by);
            history::insert(connection, event, step).await?;
        }
        for subject in &self.forgets {
            attempts::forget(connection, subject).await?;
        }
        if let Some(contract) = self.ends_sessions_of {
            sessions::end_all(connection, contract).await?;
        }
        if let Some(session) = self.session
            && sessions::begin(connection, session).await? == Written::Overtaken
        {
            return Ok(Written::Overtaken);
        }
        if let Some(letter) = self.letter {
            letters::insert(connection, letter).await?;
        }
        if let Some((contract, at)) = self.ends_letters_of {
            letters::end_all(connection, contract, at).await?;
        }
        if let Some(activation) = self.activation {
            activations::put_in_place(connection, activation).await?;
        }
        // Last: all that is paid to other banks goes by one row, which is held from here to the commit.
        if let Some(transfer) = self.transfer
            && ledger::insert(connection, transfer).await? == Written::Overtaken
        {
            return Ok(Written::Overtaken);
        }
        Ok(Written::Yes)
    }
}

/// The step or counter of the code that a change of state comes of, if it comes of one.
fn spent_by((read, next): &(&Numbered<Credential>, State)) -> Option<i64> {
    let spent = Row::from(next).spent;
    if spent == Row::from(&read.value.state).spent {
        return None;
    }
    spent.and_then(|spent| i64::try_from(spent).ok())
}
