//! The JSON Schemas of arguments and results, as the least able client reads them.

use rmcp::schemars::Schema;
use serde_json::Value;

/// Removes from the properties what some clients refuse or warn of: `null` among the types of what may be
/// absent, and names of formats that JSON Schema does not have, such as `uint64`.
pub(super) fn plain(schema: &mut Schema) {
    let properties = schema.get_mut("properties");
    let Some(properties) = properties.and_then(Value::as_object_mut) else {
        return;
    };
    for property in properties.values_mut().filter_map(Value::as_object_mut) {
        property.remove("format");
        let types = property.get("type").and_then(Value::as_array);
        let mut types = types.into_iter().flatten();
        let plain = types.find(|kind| *kind != "null").cloned();
        if let Some(plain) = plain {
            property.insert("type".to_owned(), plain);
        }
    }
}
