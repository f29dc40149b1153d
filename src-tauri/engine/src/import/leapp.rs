//! Opens Leapp's workspace: `AES.encrypt(text, passphrase)` of crypto-js, which is what `openssl enc -aes-256-cbc -md md5
//! -salt -a` writes. The passphrase is the hash that node-machine-id gives of this computer's id, so the file can be
//! read on the computer where Leapp wrote it.

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use data_encoding::{BASE64, HEXLOWER};
use domain::failure::{Code, Failure};
use md5::{Digest, Md5};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::environment::Environment;

#[cfg_attr(target_os = "linux", path = "machine_id/linux.rs")]
#[cfg_attr(target_os = "macos", path = "machine_id/macos.rs")]
#[cfg_attr(windows, path = "machine_id/windows.rs")]
mod machine_id;

/// What OpenSSL begins a salted text with.
const SALTED: &[u8] = b"Salted__";

/// The JSON in the file: as it is, if somebody has decrypted it, else with this computer's id.
pub(super) fn open(text: &str, environment: &Environment) -> Result<Zeroizing<String>, Failure> {
    let text = text.trim();
    if text.starts_with('{') {
        return Ok(Zeroizing::new(text.to_owned()));
    }
    let id = machine_id::read(environment).ok_or_else(|| {
        let hint = "decrypt Leapp-lock.json and name the file: `rolecall import leapp FILE`";
        Failure::new(Code::Failed, "this computer's id, which opens Leapp's workspace, is not known", hint)
    })?;
    decrypt(text, &passphrase(&id))
}

/// node-machine-id takes white space out, and hashes what is left in lower case.
fn passphrase(machine_id: &str) -> Zeroizing<String> {
    let id: String = machine_id.split_whitespace().collect::<String>().to_lowercase();
    Zeroizing::new(HEXLOWER.encode(&sha2::Digest::finalize(<Sha256 as sha2::Digest>::new_with_prefix(id))))
}

fn decrypt(text: &str, passphrase: &str) -> Result<Zeroizing<String>, Failure> {
    let damaged = || {
        let hint = "check that this is Leapp's Leapp-lock.json";
        Failure::new(Code::Failed, "the file is not a workspace of Leapp", hint)
    };
    let compact: String = text.split_ascii_whitespace().collect();
    let bytes = BASE64.decode(compact.as_bytes()).map_err(|_| damaged())?;
    let rest = bytes.strip_prefix(SALTED).ok_or_else(damaged)?;
    let (salt, content) = rest.split_at_checked(8).ok_or_else(damaged)?;
    let (key, iv) = key_and_iv(passphrase.as_bytes(), salt);
    let opened = Decryptor::<Aes256>::new_from_slices(&*key, &iv).ok().and_then(|cipher| {
        // A wrong key mostly shows in the padding, else in what is no text.
        let bytes = cipher.decrypt_padded_vec::<Pkcs7>(content).ok()?;
        String::from_utf8(bytes).ok().filter(|text| text.trim_start().starts_with('{'))
    });
    opened.map(Zeroizing::new).ok_or_else(|| {
        Failure::new(
            Code::Failed,
            "Leapp's workspace can't be opened with this computer's id",
            "import on the computer where Leapp ran; or decrypt Leapp-lock.json there and name the file: `rolecall import leapp FILE`",
        )
    })
}

/// OpenSSL's `EVP_BytesToKey` with MD5 and one round: 32 bytes of key, 16 of initialisation vector.
fn key_and_iv(passphrase: &[u8], salt: &[u8]) -> (Zeroizing<[u8; 32]>, [u8; 16]) {
    let mut made = Zeroizing::new(Vec::with_capacity(48));
    let mut block: Vec<u8> = Vec::new();
    while made.len() < 48 {
        block =
            Md5::new().chain_update(&block).chain_update(passphrase).chain_update(salt).finalize().to_vec();
        made.extend_from_slice(&block);
    }
    let (mut key, mut iv) = (Zeroizing::new([0; 32]), [0; 16]);
    key.copy_from_slice(&made[..32]);
    iv.copy_from_slice(&made[32..48]);
    (key, iv)
}

#[cfg(test)]
mod tests {
    use super::*;

    // printf '{"_sessions":[]}' | openssl enc -aes-256-cbc -md md5 -S 0102030405060708 -a -pass pass:secret
    // with the header that `openssl enc` leaves out when it is given the salt.
    const SEALED: &str = "U2FsdGVkX18BAgMEBQYHCBCbAOMIJMrtmS9+4Bj1bNfBRwIdJa2IuUKKSi5+yBWR";

    #[test]
    fn what_openssl_sealed_is_opened() {
        assert_eq!(decrypt(SEALED, "secret").unwrap().as_str(), r#"{"_sessions":[]}"#);
        let broken = format!("{}\n{}\n", &SEALED[..20], &SEALED[20..]);
        assert!(decrypt(&broken, "secret").is_ok(), "in lines, as openssl writes it");
    }

    #[test]
    fn a_wrong_key_and_a_damaged_file_are_told_apart() {
        assert!(decrypt(SEALED, "other").unwrap_err().summary.contains("this computer's id"));
        for bad in ["", "U2FsdGVkX1", "U2FsdGVkX18=", "!!!!", "AAAA", &SEALED[..32]] {
            let failure = decrypt(bad, "secret").unwrap_err();
            assert!(failure.hint.contains("Leapp"), "{bad}: {failure}");
        }
    }

    #[test]
    fn the_passphrase_is_what_node_machine_id_gives() {
        // printf 0123456789abcdef0123456789abcdef | sha256sum
        let id = passphrase("0123456789ABCDEF0123456789ABCDEF\n");
        assert_eq!(id.as_str(), "3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9");
    }
}
