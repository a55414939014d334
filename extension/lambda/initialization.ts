/** How Lambda starts an environment, and what that means for the extension. */
export interface Initialization {
  /** The extension subscribes to INVOKE: the environment is frozen between invocations. Where it is not, a timer takes the place of the events. */
  invocations: boolean;
  /** The environment is a copy of one that was started before: what is unique or secret must be made after that. */
  restored: boolean;
}

/** @param text AWS_LAMBDA_INITIALIZATION_TYPE; one that is not known is taken for `on-demand` */
export function initializationOf(text: string | undefined): Initialization {
  const type = text?.trim().toLowerCase();
  return { invocations: type !== 'lambda-managed-instances', restored: type === 'snap-start' };
}
