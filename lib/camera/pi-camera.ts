import { StillCamera, type StillCameraOptions } from './still';
import { VideoCamera } from './video';
import type { CapturedPicture, FrameSink, FrameSource, PictureSource, StreamRequest } from './source';
import type { CameraSettings } from './settings';

/** The Pi's camera, for single pictures and as a stream; who uses it takes care that it is one at a time. */
export class PiCamera implements PictureSource, FrameSource {
  readonly isCamera = true;
  private readonly still: StillCamera;
  private readonly video: VideoCamera;

  constructor(options: StillCameraOptions = {}) {
    this.still = new StillCamera(options);
    this.video = new VideoCamera(options);
  }

  capture(settings: CameraSettings, signal: AbortSignal): Promise<CapturedPicture> {
    return this.still.capture(settings, signal);
  }

  play(request: StreamRequest, sink: FrameSink, signal: AbortSignal): Promise<void> {
    return this.video.play(request, sink, signal);
  }
}
