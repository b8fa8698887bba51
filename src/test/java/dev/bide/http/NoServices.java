package dev.bide.http;

import java.time.InstantSource;

/** For tests of what stands before the resources: nothing gets through to an engine. */
final class NoServices {
    private NoServices() {}

    static Api.Services with(Health health, InstantSource clock) {
        return new Api.Services(null, null, null, null, null, null, null, null, null, null, health, clock);
    }
}
