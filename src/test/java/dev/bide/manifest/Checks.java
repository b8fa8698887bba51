package dev.bide.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * All that is asked of what a directory builds.
 *
 * @param secretKeys what the example of the Secret holds
 */
record Checks(RunningNode node, Set<String> secretKeys) {
    Checks {
        secretKeys = Set.copyOf(secretKeys);
    }

    List<String> faults(Manifest manifest) {
        List<String> faults = new ArrayList<>();
        Models.check(manifest, faults::add);
        if (faults.isEmpty()) {
            References.check(manifest, faults::add);
            Nodes.check(manifest, node, secretKeys, faults::add);
            Databases.check(manifest, node, secretKeys, faults::add);
            Entrances.check(manifest, node, faults::add);
            Queries.check(manifest, node, faults::add);
        }
        return faults;
    }
}
