//! What a customer's browser sends for a login and for a transfer, over one connection.

use form_urlencoded::Serializer;

use crate::{
    customers::{Customer, PASSWORD, Pays},
    http::{Answer, Connection, Fallible},
};

pub(crate) struct Browser {
    connection: Connection,
}

impl Browser {
    pub(crate) async fn to(address: &str) -> Fallible<Self> {
        Ok(Self { connection: Connection::to(address).await? })
    }

    /// From the page of the login to the main page, with contract ID, password and code: five requests.
    pub(crate) async fn log_in(&mut self, customer: &Customer) -> Fallible<()> {
        let page = self.get(customer, "/", None).await?;
        let cookie = cookie(&page)?;
        let identity = [("contract", customer.contract()), ("password", PASSWORD.to_owned())];
        let told = self.send(customer, "/login", &cookie, &page, &identity).await?;
        let cookie = moved(&told, "/login/code")?;
        let page = self.get(customer, "/login/code", Some(&cookie)).await?;
        let code = [("code", customer.code())];
        let told = self.send(customer, "/login/code", &cookie, &page, &code).await?;
        let cookie = moved(&told, "/main")?;
        let page = self.get(customer, "/main", Some(&cookie)).await?;
        if page.body.contains("Main page") { Ok(()) } else { Err(unexpected("/main", &page)) }
    }

    /// From the form of a transfer to its receipt, within a session that has begun: three requests.
    pub(crate) async fn transfer(&mut self, customer: &Customer, pays: Pays) -> Fallible<()> {
        let cookie = &customer.cookie;
        let page = self.get(customer, "/transfer", Some(cookie)).await?;
        let [from, bank, branch, number] = customer.order(pays);
        let mut fields = vec![("from", from), ("bank", bank), ("branch", branch)];
        fields.extend([("kind", "ordinary".to_owned()), ("number", number)]);
        fields.extend([("name", "payee".to_owned()), ("amount", "1".to_owned())]);
        let page = self.send(customer, "/transfer", cookie, &page, &fields).await?;
        fields.extend([("key", hidden(&page, "key")?), ("code", customer.code())]);
        let receipt = self.send(customer, "/transfer/order", cookie, &page, &fields).await?;
        if receipt.body.contains("Your transfer is done") {
            Ok(())
        } else {
            Err(unexpected("/transfer/order", &receipt))
        }
    }

    async fn get(
        &mut self,
        customer: &Customer,
        path: &str,
        cookie: Option<&str>,
    ) -> Fallible<Answer> {
        let head = head("GET", path, customer, cookie);
        let page = self.connection.exchange(&format!("{head}\r\n")).await?;
        if page.is_ok() { Ok(page) } else { Err(unexpected(path, &page)) }
    }

    /// Sends a form of this page.
    async fn send(
        &mut self,
        customer: &Customer,
        path: &str,
        cookie: &str,
        page: &Answer,
        fields: &[(&str, String)],
    ) -> Fallible<Answer> {
        let body = form(&hidden(page, "form_token")?, fields);
        let head = head("POST", path, customer, Some(cookie));
        let request = format!(
            "{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.connection.exchange(&request).await
    }
}

fn form(form_token: &str, fields: &[(&str, String)]) -> String {
    let mut body = Serializer::new(String::new());
    body.append_pair("form_token", form_token).extend_pairs(fields);
    body.finish()
}

fn head(method: &str, path: &str, customer: &Customer, cookie: Option<&str>) -> String {
    let cookie = cookie.map(|cookie| format!("Cookie: __Host-session={cookie}\r\n"));
    format!(
        "{method} {path} HTTP/1.1\r\nHost: bank\r\nAccept-Language: en\r\nX-Forwarded-For: {}\r\n{}",
        customer.address,
        cookie.unwrap_or_default()
    )
}

fn cookie(answer: &Answer) -> Fallible<String> {
    let set = answer.header("set-cookie: __Host-session=").ok_or("no cookie")?;
    Ok(set.split(';').next().unwrap_or_default().to_owned())
}

/// The cookie with which a browser goes on to this page.
fn moved(answer: &Answer, to: &str) -> Fallible<String> {
    if answer.header("location: ") == Some(to) {
        cookie(answer)
    } else {
        Err(unexpected(to, answer))
    }
}

fn hidden(page: &Answer, name: &str) -> Fallible<String> {
    let begin = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.body.split_once(&begin).ok_or_else(|| unexpected(name, page))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

fn unexpected(what: &str, answer: &Answer) -> Box<dyn std::error::Error + Send + Sync> {
    format!("{what}: {}", answer.body).into()
}
