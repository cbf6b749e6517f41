/** One user's part in something shared. */
export interface Share<T> {
  readonly value: T;
  /** Closes it, when this was its last user. However often it is called, it counts once. */
  leave(): Promise<void>;
}

/** How a thing is opened and closed. */
export interface Life<T> {
  open(): Promise<T>;
  close(value: T): Promise<void>;
}

interface Use<T> {
  users: number;
  readonly value: Promise<T>;
}

/**
 * Things that are opened once for all who use them at the same time, by their key. One that is just being closed is
 * waited for, then opened anew.
 */
export const createShared = <T>(): ((key: string, life: Life<T>) => Promise<Share<T>>) => {
  const uses = new Map<string, Use<T>>();
  const closing = new Map<string, Promise<void>>();

  const openAfterClosing = async (key: string, life: Life<T>): Promise<T> => {
    await closing.get(key)?.catch(() => {}); // who closed it hears of the failure
    return life.open();
  };

  const leave = async (key: string, use: Use<T>, life: Life<T>): Promise<void> => {
    use.users -= 1;
    if (use.users > 0) return;
    uses.delete(key);
    const closed = use.value.then(life.close);
    closing.set(key, closed);
    await closed.finally(() => closing.delete(key));
  };

  return async (key, life) => {
    const use = uses.get(key) ?? { users: 0, value: openAfterClosing(key, life) };
    uses.set(key, use);
    use.users += 1;
    try {
      return { value: await use.value, leave: once(() => leave(key, use, life)) };
    } catch (error) {
      if (uses.get(key) === use) uses.delete(key);
      throw error;
    }
  };
};

/** However often it is called, it is done once. */
export const once = <T>(action: () => Promise<T>): (() => Promise<T>) => {
  let result: Promise<T> | undefined;
  return () => {
    result ??= action();
    return result;
  };
};
