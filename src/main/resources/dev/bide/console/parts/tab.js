/** What a tab keeps until it is closed. A browser that keeps nothing forgets; that is all. */
export const tab = {
  /** @param {string} name @returns {string | null} */
  get: name => {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  },
  /** @param {string} name @param {string | null} text null to forget it */
  set: (name, text) => {
    try {
      if (text === null) {
        sessionStorage.removeItem(name);
      } else {
        sessionStorage.setItem(name, text);
      }
    } catch {
      // As it says above.
    }
  },
};
