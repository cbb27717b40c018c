//! What stands in the database, as whoever compares it before and after.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};

use crate::browser::Site;

/// All rows of all tables.
pub(crate) fn dump(site: &Site) -> BTreeMap<String, Vec<String>> {
    site.run(async {
        let mut tables = BTreeMap::new();
        for table in names(site).await {
            let select = AssertSqlSafe(format!("SELECT * FROM {table}"));
            let rows = sqlx::query(select).fetch_all(&site.customers.raw).await.unwrap();
            let mut rows: Vec<_> = rows.iter().map(shown).collect();
            rows.sort();
            tables.insert(table, rows);
        }
        assert!(tables.len() >= 15, "{:?}", tables.keys());
        tables
    })
}

/// What is counted of whom, in the order of the subjects.
pub(crate) fn counts(site: &Site) -> Vec<(String, i64)> {
    let select = "SELECT subject, failures FROM attempt ORDER BY subject";
    let rows = site.run(sqlx::query(select).fetch_all(&site.customers.raw)).unwrap();
    rows.iter().map(|row| (row.get("subject"), row.get("failures"))).collect()
}

/// How many failures are counted of browsers that are known.
pub(crate) fn of_devices(site: &Site) -> Vec<i64> {
    let devices = counts(site).into_iter().filter(|(subject, _)| subject.starts_with("device "));
    devices.map(|(_, failures)| failures).collect()
}

async fn names(site: &Site) -> Vec<String> {
    let raw = &site.customers.raw;
    let of_sqlite = "SELECT name FROM sqlite_master WHERE type = 'table'";
    let of_postgres = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    let names: Vec<String> = match sqlx::query_scalar(of_sqlite).fetch_all(raw).await {
        Ok(names) => names,
        Err(_) => sqlx::query_scalar(of_postgres).fetch_all(raw).await.unwrap(),
    };
    let is_ours = |name: &String| !name.starts_with("sqlite_") && !name.starts_with("_sqlx_");
    names.into_iter().filter(is_ours).collect()
}

fn shown(row: &AnyRow) -> String {
    let cell = |at: usize| {
        if let Ok(number) = row.try_get::<Option<i64>, _>(at) {
            return format!("{number:?}");
        }
        if let Ok(text) = row.try_get::<Option<String>, _>(at) {
            return format!("{text:?}");
        }
        format!("{:?}", row.try_get::<Option<Vec<u8>>, _>(at).unwrap())
    };
    (0..row.len()).map(cell).collect::<Vec<_>>().join(", ")
}
