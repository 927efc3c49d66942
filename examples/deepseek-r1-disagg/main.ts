import { App } from 'cdk8s';
import { DeepSeekR1 } from './chart';

const app = new App();
new DeepSeekR1(app, 'deepseek-r1-disagg');
app.synth();
