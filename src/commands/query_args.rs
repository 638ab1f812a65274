//! The search that the QUERY arguments ask for.

use crate::cli::{OrderArgs, QueryArgs, SortArg};
use crate::context::Context;
use crate::error::Error;
use crate::find::{Order, Search, Sort};
use crate::query::{Query, QueryError};
use crate::timestamp;

/// Returns the search for the notes that match, in this order.
pub(super) fn parse_search(
    args: &QueryArgs,
    order: OrderArgs,
    context: &Context,
) -> Result<Search, Error> {
    let query = parse_query(args, context).map_err(|error| Error::usage(error.to_string()))?;
    let sort = match order.sort {
        SortArg::Created => Sort::Created,
        SortArg::Updated => Sort::Updated,
        SortArg::Title => Sort::Title,
    };
    let reverse = order.reverse;
    Ok(Search::new(query, Order { sort, reverse }))
}

fn parse_query(args: &QueryArgs, context: &Context) -> Result<Query, QueryError> {
    let now = timestamp::local(context.now);
    let mut query = Query::default();
    for word in &args.words {
        query.word(word)?;
    }
    for tag in &args.tag {
        query.tag(tag)?;
    }
    for word in &args.not {
        query.without(word)?;
    }
    for pattern in &args.regex {
        query.pattern(pattern)?;
    }
    if let Some(when) = &args.since {
        query.since(when, &now)?;
    }
    if let Some(when) = &args.until {
        query.until(when, &now)?;
    }
    Ok(query)
}
