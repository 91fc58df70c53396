"""The OpenAPI document: made from the route table and from what each handler says of itself, so that neither can drift."""

from handoff.openapi.described import Media, Operation, Parameter, described, operation_of, query

__all__ = ["Media", "Operation", "Parameter", "described", "operation_of", "query"]
