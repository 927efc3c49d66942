import { App } from 'cdk8s';
import { DeepSeekOnHopper } from './chart';

const app = new App();
new DeepSeekOnHopper(app, 'deepseek-r1-vllm-hopper');
app.synth();
