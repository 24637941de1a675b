"""The network “ResNet-18”, written by Tapedeck."""

from torch import nn


class Stage1Block1(nn.Module):
    def __init__(self):
        super().__init__()
        self.s1b1_conv1 = nn.Conv2d(64, 64, 3, padding='same', bias=False)
        self.s1b1_norm1 = nn.BatchNorm2d(64)
        self.s1b1_relu1 = nn.ReLU()
        self.s1b1_conv2 = nn.Conv2d(64, 64, 3, padding='same', bias=False)
        self.s1b1_norm2 = nn.BatchNorm2d(64)
        self.s1b1_relu2 = nn.ReLU()

    def forward(self, x):
        s1b1_conv1 = self.s1b1_conv1(x)
        s1b1_norm1 = self.s1b1_norm1(s1b1_conv1)
        s1b1_relu1 = self.s1b1_relu1(s1b1_norm1)
        s1b1_conv2 = self.s1b1_conv2(s1b1_relu1)
        s1b1_norm2 = self.s1b1_norm2(s1b1_conv2)
        s1b1_add = s1b1_norm2 + x
        s1b1_relu2 = self.s1b1_relu2(s1b1_add)
        return s1b1_relu2


class Stage1Block2(nn.Module):
    def __init__(self):
        super().__init__()
        self.s1b2_conv1 = nn.Conv2d(64, 64, 3, padding='same', bias=False)
        self.s1b2_norm1 = nn.BatchNorm2d(64)
        self.s1b2_relu1 = nn.ReLU()
        self.s1b2_conv2 = nn.Conv2d(64, 64, 3, padding='same', bias=False)
        self.s1b2_norm2 = nn.BatchNorm2d(64)
        self.s1b2_relu2 = nn.ReLU()

    def forward(self, x):
        s1b2_conv1 = self.s1b2_conv1(x)
        s1b2_norm1 = self.s1b2_norm1(s1b2_conv1)
        s1b2_relu1 = self.s1b2_relu1(s1b2_norm1)
        s1b2_conv2 = self.s1b2_conv2(s1b2_relu1)
        s1b2_norm2 = self.s1b2_norm2(s1b2_conv2)
        s1b2_add = s1b2_norm2 + x
        s1b2_relu2 = self.s1b2_relu2(s1b2_add)
        return s1b2_relu2


class Stage2Block1(nn.Module):
    def __init__(self):
        super().__init__()
        self.s2b1_conv1 = nn.Conv2d(64, 128, 3, stride=2, padding=1, bias=False)
        self.s2b1_short = nn.Conv2d(64, 128, 1, stride=2, bias=False)
        self.s2b1_norm1 = nn.BatchNorm2d(128)
        self.s2b1_short_norm = nn.BatchNorm2d(128)
        self.s2b1_relu1 = nn.ReLU()
        self.s2b1_conv2 = nn.Conv2d(128, 128, 3, padding='same', bias=False)
        self.s2b1_norm2 = nn.BatchNorm2d(128)
        self.s2b1_relu2 = nn.ReLU()

    def forward(self, x):
        s2b1_conv1 = self.s2b1_conv1(x)
        s2b1_short = self.s2b1_short(x)
        s2b1_norm1 = self.s2b1_norm1(s2b1_conv1)
        s2b1_short_norm = self.s2b1_short_norm(s2b1_short)
        s2b1_relu1 = self.s2b1_relu1(s2b1_norm1)
        s2b1_conv2 = self.s2b1_conv2(s2b1_relu1)
        s2b1_norm2 = self.s2b1_norm2(s2b1_conv2)
        s2b1_add = s2b1_norm2 + s2b1_short_norm
        s2b1_relu2 = self.s2b1_relu2(s2b1_add)
        return s2b1_relu2


class Stage2Block2(nn.Module):
    def __init__(self):
        super().__init__()
        self.s2b2_conv1 = nn.Conv2d(128, 128, 3, padding='same', bias=False)
        self.s2b2_norm1 = nn.BatchNorm2d(128)
        self.s2b2_relu1 = nn.ReLU()
        self.s2b2_conv2 = nn.Conv2d(128, 128, 3, padding='same', bias=False)
        self.s2b2_norm2 = nn.BatchNorm2d(128)
        self.s2b2_relu2 = nn.ReLU()

    def forward(self, x):
        s2b2_conv1 = self.s2b2_conv1(x)
        s2b2_norm1 = self.s2b2_norm1(s2b2_conv1)
        s2b2_relu1 = self.s2b2_relu1(s2b2_norm1)
        s2b2_conv2 = self.s2b2_conv2(s2b2_relu1)
        s2b2_norm2 = self.s2b2_norm2(s2b2_conv2)
        s2b2_add = s2b2_norm2 + x
        s2b2_relu2 = self.s2b2_relu2(s2b2_add)
        return s2b2_relu2


class Stage3Block1(nn.Module):
    def __init__(self):
        super().__init__()
        self.s3b1_conv1 = nn.Conv2d(128, 256, 3, stride=2, padding=1, bias=False)
        self.s3b1_short = nn.Conv2d(128, 256, 1, stride=2, bias=False)
        self.s3b1_norm1 = nn.BatchNorm2d(256)
        self.s3b1_short_norm = nn.BatchNorm2d(256)
        self.s3b1_relu1 = nn.ReLU()
        self.s3b1_conv2 = nn.Conv2d(256, 256, 3, padding='same', bias=False)
        self.s3b1_norm2 = nn.BatchNorm2d(256)
        self.s3b1_relu2 = nn.ReLU()

    def forward(self, x):
        s3b1_conv1 = self.s3b1_conv1(x)
        s3b1_short = self.s3b1_short(x)
        s3b1_norm1 = self.s3b1_norm1(s3b1_conv1)
        s3b1_short_norm = self.s3b1_short_norm(s3b1_short)
        s3b1_relu1 = self.s3b1_relu1(s3b1_norm1)
        s3b1_conv2 = self.s3b1_conv2(s3b1_relu1)
        s3b1_norm2 = self.s3b1_norm2(s3b1_conv2)
        s3b1_add = s3b1_norm2 + s3b1_short_norm
        s3b1_relu2 = self.s3b1_relu2(s3b1_add)
        return s3b1_relu2


class Stage3Block2(nn.Module):
    def __init__(self):
        super().__init__()
        self.s3b2_conv1 = nn.Conv2d(256, 256, 3, padding='same', bias=False)
        self.s3b2_norm1 = nn.BatchNorm2d(256)
        self.s3b2_relu1 = nn.ReLU()
        self.s3b2_conv2 = nn.Conv2d(256, 256, 3, padding='same', bias=False)
        self.s3b2_norm2 = nn.BatchNorm2d(256)
        self.s3b2_relu2 = nn.ReLU()

    def forward(self, x):
        s3b2_conv1 = self.s3b2_conv1(x)
        s3b2_norm1 = self.s3b2_norm1(s3b2_conv1)
        s3b2_relu1 = self.s3b2_relu1(s3b2_norm1)
        s3b2_conv2 = self.s3b2_conv2(s3b2_relu1)
        s3b2_norm2 = self.s3b2_norm2(s3b2_conv2)
        s3b2_add = s3b2_norm2 + x
        s3b2_relu2 = self.s3b2_relu2(s3b2_add)
        return s3b2_relu2


class Stage4Block1(nn.Module):
    def __init__(self):
        super().__init__()
        self.s4b1_conv1 = nn.Conv2d(256, 512, 3, stride=2, padding=1, bias=False)
        self.s4b1_short = nn.Conv2d(256, 512, 1, stride=2, bias=False)
        self.s4b1_norm1 = nn.BatchNorm2d(512)
        self.s4b1_short_norm = nn.BatchNorm2d(512)
        self.s4b1_relu1 = nn.ReLU()
        self.s4b1_conv2 = nn.Conv2d(512, 512, 3, padding='same', bias=False)
        self.s4b1_norm2 = nn.BatchNorm2d(512)
        self.s4b1_relu2 = nn.ReLU()

    def forward(self, x):
        s4b1_conv1 = self.s4b1_conv1(x)
        s4b1_short = self.s4b1_short(x)
        s4b1_norm1 = self.s4b1_norm1(s4b1_conv1)
        s4b1_short_norm = self.s4b1_short_norm(s4b1_short)
        s4b1_relu1 = self.s4b1_relu1(s4b1_norm1)
        s4b1_conv2 = self.s4b1_conv2(s4b1_relu1)
        s4b1_norm2 = self.s4b1_norm2(s4b1_conv2)
        s4b1_add = s4b1_norm2 + s4b1_short_norm
        s4b1_relu2 = self.s4b1_relu2(s4b1_add)
        return s4b1_relu2


class Stage4Block2(nn.Module):
    def __init__(self):
        super().__init__()
        self.s4b2_conv1 = nn.Conv2d(512, 512, 3, padding='same', bias=False)
        self.s4b2_norm1 = nn.BatchNorm2d(512)
        self.s4b2_relu1 = nn.ReLU()
        self.s4b2_conv2 = nn.Conv2d(512, 512, 3, padding='same', bias=False)
        self.s4b2_norm2 = nn.BatchNorm2d(512)
        self.s4b2_relu2 = nn.ReLU()

    def forward(self, x):
        s4b2_conv1 = self.s4b2_conv1(x)
        s4b2_norm1 = self.s4b2_norm1(s4b2_conv1)
        s4b2_relu1 = self.s4b2_relu1(s4b2_norm1)
        s4b2_conv2 = self.s4b2_conv2(s4b2_relu1)
        s4b2_norm2 = self.s4b2_norm2(s4b2_conv2)
        s4b2_add = s4b2_norm2 + x
        s4b2_relu2 = self.s4b2_relu2(s4b2_add)
        return s4b2_relu2


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, padding='same', bias=False)
        self.stem_norm = nn.BatchNorm2d(64)
        self.stem_relu = nn.ReLU()
        self.s1b1 = Stage1Block1()  # Stage 1, block 1
        self.s1b2 = Stage1Block2()  # Stage 1, block 2
        self.s2b1 = Stage2Block1()  # Stage 2, block 1
        self.s2b2 = Stage2Block2()  # Stage 2, block 2
        self.s3b1 = Stage3Block1()  # Stage 3, block 1
        self.s3b2 = Stage3Block2()  # Stage 3, block 2
        self.s4b1 = Stage4Block1()  # Stage 4, block 1
        self.s4b2 = Stage4Block2()  # Stage 4, block 2
        self.logits = nn.Linear(512, 5)

    def forward(self, x, lengths=None):
        stem = self.stem(x)
        stem_norm = self.stem_norm(stem)
        stem_relu = self.stem_relu(stem_norm)
        s1b1 = self.s1b1(stem_relu)
        s1b2 = self.s1b2(s1b1)
        s2b1 = self.s2b1(s1b2)
        s2b2 = self.s2b2(s2b1)
        s3b1 = self.s3b1(s2b2)
        s3b2 = self.s3b2(s3b1)
        s4b1 = self.s4b1(s3b2)
        s4b2 = self.s4b2(s4b1)
        pool = s4b2.mean((2, 3))
        logits = self.logits(pool)
        return logits
