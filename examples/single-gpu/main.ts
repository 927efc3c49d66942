import { App } from 'cdk8s';
import { SingleGpu } from './chart';

const app = new App();
new SingleGpu(app, 'single-gpu');
app.synth();
