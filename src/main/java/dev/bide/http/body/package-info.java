/**
 * Bodies of requests: read without a thread that waits, unpacked, and counted against the memory there is. May import {@code http.problem}, and says to {@code json} what memory there is. The server's threads run here.
 */
@NullMarked
package dev.bide.http.body;

import org.jspecify.annotations.NullMarked;
