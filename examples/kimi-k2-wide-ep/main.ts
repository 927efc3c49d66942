import { App } from 'cdk8s';
import { Kimi } from './chart';

const app = new App();
new Kimi(app, 'kimi-k2-wide-ep');
app.synth();
