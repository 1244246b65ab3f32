// The views of the admin API name types of core, and some files of core use these. Nothing of that reaches the page, which imports types alone.
declare module 'node:buffer';
declare module 'node:crypto';
declare module 'node:zlib';
