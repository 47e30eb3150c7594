// Collections, by the query options of the request ($filter, $search, $orderby, $select, $top,
// $skip, $count, $skiptoken; odata/list.h).
//
// Of few documents all are looked at. Of many (users, groups, devices) a page is read in order of
// id or by an index (indexed_list.h); a query that would have to look at all of them is refused
// when there are more than scan_max, with the reason.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/operation.h"
#include "odata/list.h"
#include "odata/query.h"
#include "service/read_document.h"

namespace sallyport::api {

using Shown = DocumentReader::Shown;

Replied list_documents(const Call& call);
// `/$count`: a number as text, of what $filter and $search leave.
Replied count_documents(const Call& call);

// A page out of these documents, as a collection of the call's resource. `context` is what follows
// `$metadata#`.
Replied list_of(const Call& call, std::span<const Shown> documents, std::string_view context);

// Their parts, for collections that are made otherwise.
enum class Expands : bool { no, yes };
OrFailure<odata::Query> parse_query(const Call& call, Expands expands = Expands::no);
OrFailure<odata::List> compile_list(const Call& call, const odata::Query& query,
                                    const odata::Schema& schema, std::string_view context);
// `count` is written when the query asks for it.
Replied page_reply(const Call& call, const odata::Query& query, const odata::List& list,
                   std::span<const Shown> documents, const odata::Page& page,
                   std::string_view context, std::uint64_t count);

}  // namespace sallyport::api
