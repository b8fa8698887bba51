package dev.bide.startup;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The roles of this node; at least one. */
public record Roles(Set<Role> all) {
    public Roles {
        if (all.isEmpty()) {
            throw new IllegalArgumentException("ROLES names no role; there are " + names(EnumSet.allOf(Role.class)));
        }
        all = Set.copyOf(all);
    }

    /** @param text names with commas between them */
    @JsonCreator
    public static Roles of(String text) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String name : text.split(",")) {
            if (!name.isBlank()) {
                roles.add(role(name.strip()));
            }
        }
        return new Roles(roles);
    }

    private static Role role(String name) {
        return Arrays.stream(Role.values())
                .filter(role -> role.name().equalsIgnoreCase(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(
                        "ROLES names an unknown role \"" + name + "\"; there are " + names(EnumSet.allOf(Role.class))));
    }

    public boolean has(Role role) {
        return all.contains(role);
    }

    /** As they are written. */
    public Set<String> names() {
        return all.stream().map(Roles::name).collect(Collectors.toSet());
    }

    private static String name(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static String names(Set<Role> roles) {
        return EnumSet.copyOf(roles).stream().map(Roles::name).collect(Collectors.joining(","));
    }

    @Override
    public String toString() {
        return names(all);
    }
}
