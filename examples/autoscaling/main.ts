import { App } from 'cdk8s';
import { Autoscaled } from './chart';

const app = new App();
new Autoscaled(app, 'autoscaling');
app.synth();
