package dev.bide.delivery.address;

import java.io.IOException;

/** The address may not be called, whoever gave it. */
public final class BlockedAddressException extends IOException {
    public BlockedAddressException(String message) {
        super(message);
    }
}
