package dev.bide.thirdparty;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call as it came.
 *
 * @param headers by name in lower case
 * @param body as text, cut off where it is very long
 * @param count how many calls with its key there were, this one included
 * @param status what it was answered
 */
record ReceivedCall(
        Instant receivedAt,
        String method,
        String path,
        @Nullable String key,
        int count,
        int status,
        Map<String, List<String>> headers,
        String body) {}
