//! `davy catalog`: what machines are and cost, looked at, looked up and brought up to date.

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use anyhow::{Context as _, Result, bail};
use detect::{
    catalog::{self, Ask, CatalogFile, CatalogTexts, MANIFEST, TableKind},
    plural,
};
use model::VendorProduct;

use crate::{
    Ending,
    catalog::{is_catalog, load, texts},
    cli::{
        Format,
        catalog::{Catalog, CatalogCommand, CatalogOverview, CatalogShow, CatalogUpdate},
    },
    show::{self, catalog::Answer, text},
};

/// In the order in which a name that several could have given is tried.
const CLOUDS: [VendorProduct; 3] =
    [VendorProduct::AwsCloudTrail, VendorProduct::AzureActivityLog, VendorProduct::GoogleCloudAuditLogs];

pub fn run(options: &Catalog, out: &mut dyn Write) -> Result<Ending> {
    match &options.command {
        None => overview(&options.overview, out),
        Some(CatalogCommand::Show(asked)) => show(asked, out),
        Some(CatalogCommand::Update(options)) => update(options, out),
    }
}

fn overview(options: &CatalogOverview, out: &mut dyn Write) -> Result<Ending> {
    let catalog = load(options.folder.catalog.as_deref())?;
    let rows: Vec<_> = catalog.files().map(show::catalog::FileRow::from).collect();
    show::rows::write(out, &rows, options.format, super::columns())?;
    if options.format == Format::Table {
        show::catalog::write_rules(out, &catalog)?;
        show::summary::label(out, "next", "davy catalog show TYPE")?;
    }
    Ok(Ending::Quiet)
}

fn show(asked: &CatalogShow, out: &mut dyn Write) -> Result<Ending> {
    let catalog = load(asked.folder.catalog.as_deref())?;
    let ask = Ask {
        instance_type: &asked.instance_type,
        region: asked.region.as_deref(),
        attached: &asked.accelerator,
        spot: asked.spot,
    };
    let answer = answer(&catalog, asked.cloud.map(Into::into), ask);
    match asked.format {
        Format::Table => answer.write(out)?,
        Format::Csv => show::rows::write(out, &[answer], Format::Csv, None)?,
        Format::Json => show::json::write_document(out, &answer)?,
        Format::Jsonl => show::json::write_line(out, &answer)?,
    }
    Ok(Ending::Quiet)
}

/// Whose names look so is whoever can say most about it.
fn answer<'a>(catalog: &'a catalog::Catalog, cloud: Option<VendorProduct>, ask: Ask<'a>) -> Answer<'a> {
    let clouds = cloud.map_or_else(|| CLOUDS.to_vec(), |cloud| vec![cloud]);
    let answers = clouds.into_iter().map(|cloud| {
        let quote = catalog.quote(cloud, &ask);
        let home = catalog.rules().find(|rules| rules.vendor_product == cloud).map(|rules| &*rules.region);
        Answer { vendor_product: quote.is_known().then_some(cloud), asked: ask, home, quote }
    });
    answers.min_by_key(|answer| (answer.quote.instance_type.is_none(), answer.quote.basis)).expect("a cloud is asked")
}

fn update(options: &CatalogUpdate, out: &mut dyn Write) -> Result<Ending> {
    let to = &*options.to;
    let context = || format!("cannot use `{}`", options.file.display());
    let text = fs::read_to_string(&options.file).with_context(context)?;
    let Some(table) = TableKind::of_text(&text) else {
        bail!(
            "`{}` is no table of a catalogue\nhint: its first line names the columns, such as `type,vcpu,usd_per_hour`",
            options.file.display()
        );
    };
    let base = options.folder.catalog.as_deref().or_else(|| is_catalog(to).then_some(to));
    let before = load(base)?;
    let entry = entry(options, table);
    let (texts, after) = catalog::layer(&texts(base)?, entry.clone(), &text).with_context(context)?;
    save(&texts, to)?;
    let rows: usize = after.files().filter(|(file, _)| **file == entry).map(|(_, rows)| rows).sum();
    let rows = plural(rows as u64, "row");
    let checked = format!("{rows} of {}{}", table.as_str(), changes(&before, &after, options.cloud.into()));
    show::summary::label(out, "checked", &checked)?;
    let files = plural(texts.len() as u64, "file");
    show::summary::label(out, "written", &format!("{}, {files}", text::safe(&to.display().to_string())))?;
    show::summary::label(out, "next", "davy catalog show TYPE --catalog DIR")?;
    Ok(Ending::Quiet)
}

fn entry(options: &CatalogUpdate, table: TableKind) -> CatalogFile {
    CatalogFile {
        name: options.file.file_name().unwrap_or_default().to_string_lossy().into(),
        table,
        vendor_product: options.cloud.into(),
        dated: options.dated.clone(),
        source: (*options.source).into(),
        license: (*options.license).into(),
        note: (*options.note).into(),
    }
}

/// How many machines are new, of how many the price is another, and how many are in the table no more.
fn changes(before: &catalog::Catalog, after: &catalog::Catalog, cloud: VendorProduct) -> String {
    let mut old: BTreeMap<&str, Option<f64>> =
        before.sizes(cloud).map(|size| (&*size.name, size.usd_per_hour)).collect();
    let (mut added, mut repriced) = (0, 0);
    for size in after.sizes(cloud) {
        match old.remove(&*size.name) {
            None => added += 1,
            Some(usd) if usd != size.usd_per_hour => repriced += 1,
            Some(_) => {}
        }
    }
    let all = [(added, "new"), (repriced, "repriced"), (old.len() as u64, "gone")];
    let some = all.into_iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = some.map(|(count, word)| format!("{} {word}", text::number(count))).collect();
    if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) }
}

/// The manifest comes last: until then the folder is what it was before, or nothing.
fn save(texts: &CatalogTexts, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot write catalogue `{}`", folder.display()))?;
    let (manifest, files): (Vec<_>, Vec<_>) = texts.iter().partition(|(name, _)| *name == MANIFEST);
    for (name, text) in files.into_iter().chain(manifest) {
        let path = folder.join(name);
        let unfinished = folder.join(format!("{name}.{}.unfinished", std::process::id()));
        let written = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, &path));
        if written.is_err() {
            // It may never have been made; the error to tell of is the one before.
            let _ = fs::remove_file(&unfinished);
        }
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
