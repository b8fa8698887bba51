/** What tests share: the database, the clock, the third party. */
package dev.bide.testing;
