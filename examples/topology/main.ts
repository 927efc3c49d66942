import { App } from 'cdk8s';
import { Topology } from './chart';

const app = new App();
new Topology(app, 'topology');
app.synth();
