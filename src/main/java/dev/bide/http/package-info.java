/**
 * ASK: the HTTP contract: resources, requests read strictly into the engine's values, answers, problem documents, API keys. This is the front: what the server is given,
 * and the parts put together. May import {@code engine}, {@code workflow}, {@code delay} and {@code json}. The server's request threads run in this house, and for the answers to
 * single new timers and runs the threads that write their batches; everything shared is immutable.
 */
@NullMarked
package dev.bide.http;

import org.jspecify.annotations.NullMarked;
