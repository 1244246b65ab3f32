// The package has no types of its own; `openid-world.ts` says what it uses of it.
declare module 'oidc-provider';
