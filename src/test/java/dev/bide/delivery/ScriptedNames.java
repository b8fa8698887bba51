package dev.bide.delivery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.List;

/** The real delivery with names that a test answers for. */
public interface ScriptedNames {
    /** What the name has; called on a thread of the resolver's. */
    String address(String name) throws UnknownHostException;

    default Delivery build(DeliveryConfiguration configuration) {
        return configuration.build(InstantSource.system(), name -> List.of(InetAddress.getByName(address(name))));
    }
}
