import { App } from 'cdk8s';
import { Maverick } from './chart';

const app = new App();
new Maverick(app, 'llama4-maverick');
app.synth();
