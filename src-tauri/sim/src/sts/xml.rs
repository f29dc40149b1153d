//! The query protocol's XML.

use crate::escape::markup;
use crate::random;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// `<name>text</name>` with the text escaped.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", markup(text))
}

/// A successful answer around the members of its result.
pub(super) fn response(action: &str, result: &str) -> String {
    let id = random::request_id();
    format!(
        "<{action}Response xmlns=\"{NAMESPACE}\">\n  <{action}Result>{result}</{action}Result>\n  \
         <ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>\n</{action}Response>\n"
    )
}

/// An error answer; the request id stands outside the error.
pub(super) fn error(kind: &str, code: &str, message: &str) -> String {
    let members = [element("Type", kind), element("Code", code), element("Message", message)].concat();
    let id = random::request_id();
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\">\n  <Error>{members}</Error>\n  \
         <RequestId>{id}</RequestId>\n</ErrorResponse>\n"
    )
}
