import './style.css';
import { render } from 'preact';
import { App } from './app.tsx';

const root = document.querySelector('#app');
// The page of somebody who is not signed in has no script; what stands here is the page without script.
root?.replaceChildren();
if (root !== null) render(<App />, root);
