/** Problem documents (RFC 9457), and the exceptions that end a request with one. Imports no other room of {@code http}. Runs on any thread. */
@NullMarked
package dev.bide.http.problem;

import org.jspecify.annotations.NullMarked;
