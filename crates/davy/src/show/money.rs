//! Dollars as people read them: never more digits than the price list can vouch for.

use model::Usd;

use super::text;

/// `USD 3.91 to 6.26`, `USD 1,204`, `USD 0`.
pub fn usd(range: Usd) -> String {
    let [low, high] = [range.low, range.high].map(|usd| amount(usd, range.high));
    if low == high { format!("USD {low}") } else { format!("USD {low} to {high}") }
}

/// Cents below a hundred dollars, whole dollars above. Both ends alike, so that they compare.
fn amount(usd: f64, high: f64) -> String {
    if high >= 100.0 {
        return text::number(whole(usd));
    }
    let text = format!("{:.2}", usd.max(0.0));
    if text == "0.00" { "0".to_owned() } else { text }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn whole(usd: f64) -> u64 {
    usd.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_the_digits_that_it_needs() {
        for (low, high, shown) in [
            (0.0, 0.0, "USD 0"),
            (0.031, 0.031, "USD 0.03"),
            (3.912, 6.2592, "USD 3.91 to 6.26"),
            (99.0, 158.4, "USD 99 to 158"),
            (1204.3, 1204.4, "USD 1,204"),
            (-0.001, 0.0, "USD 0"),
        ] {
            assert_eq!(usd(Usd { low, high }), shown);
        }
    }
}
