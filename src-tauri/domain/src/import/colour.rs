//! Colours of other tools, as the nearest of ours.

use crate::mark::Colour;

/// One of the names that Firefox gives to containers, which Granted and aws-sso-cli use.
pub(super) fn of_container(name: &str) -> Option<Colour> {
    match name.trim().to_ascii_lowercase().as_str() {
        "turquoise" => Some(Colour::Teal),
        "toolbar" => Some(Colour::Grey),
        name => Colour::parse(name).ok(),
    }
}

/// The nearest colour to `rrggbb` or `rgb`, in hexadecimal, with or without `#`.
pub(super) fn of_hex(text: &str) -> Option<Colour> {
    let digits = text.trim().trim_matches('"').trim_start_matches('#');
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let value = |digits: &str| i32::from_str_radix(digits, 16).ok();
    let channels: Vec<i32> = match digits.len() {
        6 => (0..6).step_by(2).map(|at| value(digits.get(at..at + 2)?)).collect::<Option<_>>()?,
        3 => (0..3).map(|at| Some(value(digits.get(at..=at)?)? * 17)).collect::<Option<_>>()?,
        _ => return None,
    };
    let [red, green, blue] = channels.try_into().ok()?;
    Some(nearest(red, green, blue))
}

/// By hue, as people call it; what has hardly any is grey.
fn nearest(red: i32, green: i32, blue: i32) -> Colour {
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let spread = most - least;
    if spread * 6 < most || most < 32 {
        return Colour::Grey;
    }
    let hue = if most == red {
        60 * (green - blue) / spread
    } else if most == green {
        120 + 60 * (blue - red) / spread
    } else {
        240 + 60 * (red - green) / spread
    };
    let pale = least * 5 > most * 2;
    match hue.rem_euclid(360) {
        0..15 | 345.. if pale => Colour::Pink,
        0..15 | 345.. => Colour::Red,
        15..45 => Colour::Orange,
        45..70 => Colour::Yellow,
        70..160 => Colour::Green,
        160..195 => Colour::Teal,
        195..255 => Colour::Blue,
        255..300 => Colour::Purple,
        _ => Colour::Pink,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_colour_is_what_people_would_call_it() {
        for (text, colour) in [
            ("ff0000", Colour::Red),
            ("#cc2200", Colour::Red),
            ("ffaaee", Colour::Pink),
            ("ff9900", Colour::Orange),
            ("ffff00", Colour::Yellow),
            ("0f0", Colour::Green),
            ("00aaaa", Colour::Teal),
            ("0000ff", Colour::Blue),
            ("8800cc", Colour::Purple),
            ("808080", Colour::Grey),
            ("000000", Colour::Grey),
            ("FFFFFF", Colour::Grey),
        ] {
            assert_eq!(of_hex(text), Some(colour), "{text}");
        }
        for none in ["", "red", "12345", "gggggg", "é0000", "+1+1+1", "-1-1-1"] {
            assert_eq!(of_hex(none), None, "{none}");
        }
    }

    #[test]
    fn the_colours_of_containers_are_known() {
        assert_eq!(of_container("turquoise"), Some(Colour::Teal));
        assert_eq!(of_container("Blue"), Some(Colour::Blue));
        assert_eq!(of_container("toolbar"), Some(Colour::Grey));
        assert_eq!(of_container("mauve"), None);
    }
}
