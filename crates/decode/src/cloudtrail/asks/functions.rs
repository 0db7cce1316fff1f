//! Lambda. A name bears the version of the interface it was called through.

use super::{Ask, Count};

/// Of a request by path the name may be in an ARN that is taken apart.
const FUNCTION: &[&[&str]] = &[&["response.functionName", "request.functionName"]];
const TOUCHED: &[(&str, &str)] = &[("function", "request.functionName")];

const fn created(name: &'static str) -> Ask {
    Ask { image_id: &["request.code.imageUri"], ..Ask::of(name, FUNCTION) }
}

pub(super) const LAMBDA: &[Ask] = &[
    Ask { parent: TOUCHED, ..Ask::of("AddPermission20150331v2", &[&["request.statementId"]]) },
    created("CreateFunction"),
    created("CreateFunction20150331"),
    Ask { parent: TOUCHED, ..Ask::of("CreateFunctionUrlConfig", &[&["response.functionUrl"]]) },
    Ask {
        max_count: &["request.reservedConcurrentExecutions"],
        ..Ask::of("PutFunctionConcurrency20171031", &[&["request.functionName"]])
    },
    Ask {
        count: Count::Stated(&["request.provisionedConcurrentExecutions"]),
        ..Ask::of("PutProvisionedConcurrencyConfig", &[&["request.functionName"]])
    },
    Ask { image_id: &["request.imageUri"], ..Ask::of("UpdateFunctionCode20150331v2", FUNCTION) },
    Ask::of("UpdateFunctionConfiguration20150331v2", FUNCTION),
];
