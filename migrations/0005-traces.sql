--liquibase formatted sql

--changeset bide:0005-traces
--comment The context of the span that accepted a timer, as W3C Trace Context writes it, so that its firings, which may be years later and on other nodes, are linked to it. Kept only where the request brought one or was sampled: else null, which takes no room. A finished timer keeps it for a redrive. Nullable and without a default: nothing is rewritten, and a node of before that writes neither column goes on.
ALTER TABLE timer ADD COLUMN traceparent text;
ALTER TABLE timer_history ADD COLUMN traceparent text;
--rollback ALTER TABLE timer DROP COLUMN traceparent; ALTER TABLE timer_history DROP COLUMN traceparent;
