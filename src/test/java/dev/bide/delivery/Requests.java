package dev.bide.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Requests as tests need them. */
public final class Requests {

    static final Instant DUE = Instant.parse("2026-03-01T09:00:00.120Z");

    private Requests() {}

    static DeliveryRequest post(String url) {
        return request(new HttpAction("POST", url, Map.of(), "{\"a\":1}"), Duration.ofSeconds(10));
    }

    static DeliveryRequest post(String url, Duration timeout) {
        return request(new HttpAction("POST", url, Map.of(), "{\"a\":1}"), timeout);
    }

    public static DeliveryRequest request(HttpAction action, Duration timeout) {
        return new DeliveryRequest("t1", 1, DUE, action, null, timeout);
    }
}
