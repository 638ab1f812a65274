//! The description of the API: a committed file, served as it is.

/// The description, `OpenAPI` 3.1 in JSON (<https://spec.openapis.org/oas/v3.1.1>).
pub const DESCRIPTION: &str = include_str!("openapi.json");
