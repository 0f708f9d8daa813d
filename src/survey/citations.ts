/**
 * Where a method comes from. Short keys are what blocks and survey nodes name; `survey` is the number in the
 * survey's reference list, absent for a paper that the survey uses without listing it or that only the studio uses.
 * Venue and year are those of the publication, not of the preprint.
 */
export interface Citation {
  readonly authors: string;
  readonly title: string;
  readonly venue: string;
  readonly year: number;
  readonly survey?: number;
  readonly arxiv?: string;
  readonly doi?: string;
}

type Identifiers = Pick<Citation, "arxiv" | "doi">;

const listed = (
  survey: number,
  authors: string,
  title: string,
  venue: string,
  year: number,
  identifiers: Identifiers = {},
): Citation => ({ survey, authors, title, venue, year, ...identifiers });

const unlisted = (
  authors: string,
  title: string,
  venue: string,
  year: number,
  identifiers: Identifiers = {},
): Citation => ({ authors, title, venue, year, ...identifiers });

// One paper a line reads as a bibliography.
// prettier-ignore
const entries = {
  survey: unlisted("X. Ning, W. Zhao, Y. Zong et al.", "An overview of the joint optimization method for neural network compression", "CAAI Transactions on Intelligent Systems 19(1), 36-57", 2024, { doi: "10.11992/tis.202306042" }),

  // Surveys
  "kd-survey-huang": listed(1, "Z. Huang, S. Yang, W. Lin et al.", "Knowledge distillation: a survey", "Chinese Journal of Computers 45(3)", 2022, { doi: "10.11897/SP.J.1016.2022.00624" }),
  "compression-survey-gao": listed(2, "H. Gao, Y. Tian, F. Xu et al.", "Survey of deep learning model compression and acceleration", "Journal of Software 32(1)", 2021),
  "kd-survey-shao": listed(3, "R. Shao, Y. Liu, W. Zhang et al.", "A survey of knowledge distillation in deep learning", "Chinese Journal of Computers 45(8)", 2022, { doi: "10.11897/SP.J.1016.2022.01638" }),
  "kd-survey-gou": listed(40, "J. Gou, B. Yu, S. J. Maybank et al.", "Knowledge distillation: a survey", "International Journal of Computer Vision 129(6)", 2021, { arxiv: "2006.05525", doi: "10.1007/s11263-021-01453-z" }),
  "pruning-quantization-survey": listed(92, "T. Liang, J. Glossner, L. Wang et al.", "Pruning and quantization for deep neural network acceleration: a survey", "Neurocomputing 461", 2021, { arxiv: "2101.09671", doi: "10.1016/j.neucom.2021.07.045" }),

  // Compact architectures
  mobilenet: listed(4, "A. G. Howard, M. Zhu, B. Chen et al.", "MobileNets: efficient convolutional neural networks for mobile vision applications", "arXiv", 2017, { arxiv: "1704.04861" }),
  "mobilenet-v2": listed(5, "M. Sandler, A. Howard, M. Zhu et al.", "MobileNetV2: inverted residuals and linear bottlenecks", "CVPR", 2018, { arxiv: "1801.04381" }),
  shufflenet: listed(6, "X. Zhang, X. Zhou, M. Lin et al.", "ShuffleNet: an extremely efficient convolutional neural network for mobile devices", "CVPR", 2018, { arxiv: "1707.01083" }),
  "shufflenet-v2": listed(7, "N. Ma, X. Zhang, H. Zheng et al.", "ShuffleNet V2: practical guidelines for efficient CNN architecture design", "ECCV", 2018, { arxiv: "1807.11164" }),
  squeezenet: listed(8, "F. N. Iandola, S. Han, M. W. Moskewicz et al.", "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size", "arXiv", 2016, { arxiv: "1602.07360" }),
  "mobilenet-v3": listed(9, "A. Howard, M. Sandler, B. Chen et al.", "Searching for MobileNetV3", "ICCV", 2019, { arxiv: "1905.02244" }),
  nasnet: listed(10, "B. Zoph, V. Vasudevan, J. Shlens et al.", "Learning transferable architectures for scalable image recognition", "CVPR", 2018, { arxiv: "1707.07012" }),
  mnasnet: listed(11, "M. Tan, B. Chen, R. Pang et al.", "MnasNet: platform-aware neural architecture search for mobile", "CVPR", 2019, { arxiv: "1807.11626" }),

  // Pruning
  obd: listed(12, "Y. LeCun, J. Denker, S. Solla", "Optimal brain damage", "NIPS 2", 1989),
  obs: listed(13, "B. Hassibi, D. G. Stork", "Second order derivatives for network pruning: optimal brain surgeon", "NIPS 5", 1992),
  "filter-l1": listed(14, "H. Li, A. Kadav, I. Durdanovic et al.", "Pruning filters for efficient ConvNets", "ICLR", 2017, { arxiv: "1608.08710" }),
  sfp: listed(15, "Y. He, G. Kang, X. Dong et al.", "Soft filter pruning for accelerating deep convolutional neural networks", "IJCAI", 2018, { arxiv: "1808.06866" }),
  "network-slimming": listed(16, "Z. Liu, J. Li, Z. Shen et al.", "Learning efficient convolutional networks through network slimming", "ICCV", 2017, { arxiv: "1708.06519" }),
  thinet: listed(17, "J.-H. Luo, J. Wu, W. Lin", "ThiNet: a filter level pruning method for deep neural network compression", "ICCV", 2017, { arxiv: "1707.06342" }),
  ssl: listed(18, "W. Wen, C. Wu, Y. Wang et al.", "Learning structured sparsity in deep neural networks", "NIPS 29", 2016, { arxiv: "1608.03665" }),
  "group-brain-damage": listed(19, "V. Lebedev, V. Lempitsky", "Fast ConvNets using group-wise brain damage", "CVPR", 2016, { arxiv: "1506.02515" }),
  dbtd: listed(20, "X. Ye, P. Dai, J. Luo et al.", "Accelerating CNN training by pruning activation gradients", "ECCV", 2020),
  "han-pruning": listed(21, "S. Han, J. Pool, J. Tran et al.", "Learning both weights and connections for efficient neural networks", "NIPS 28", 2015, { arxiv: "1506.02626" }),
  agp: unlisted("M. Zhu, S. Gupta", "To prune, or not to prune: exploring the efficacy of pruning for model compression", "arXiv", 2017, { arxiv: "1710.01878" }),
  "lottery-ticket": unlisted("J. Frankle, M. Carbin", "The lottery ticket hypothesis: finding sparse, trainable neural networks", "ICLR", 2019, { arxiv: "1803.03635" }),
  fpgm: unlisted("Y. He, P. Liu, Z. Wang et al.", "Filter pruning via geometric median for deep convolutional neural networks acceleration", "CVPR", 2019, { arxiv: "1811.00250" }),
  gsm: unlisted("X. Ding, G. Ding, X. Zhou et al.", "Global sparse momentum SGD for pruning very deep neural networks", "NeurIPS 32", 2019, { arxiv: "1909.12778" }),
  "sparse-vd": unlisted("D. Molchanov, A. Ashukha, D. Vetrov", "Variational dropout sparsifies deep neural networks", "ICML", 2017, { arxiv: "1701.05369" }),
  permdnn: listed(90, "C. Deng, S. Liao, Y. Xie et al.", "PermDNN: efficient compressed DNN architecture with permuted diagonal matrices", "MICRO", 2018),

  // Quantization
  "float8-dettmers": listed(22, "T. Dettmers", "8-bit approximations for parallelism in deep learning", "ICLR", 2016, { arxiv: "1511.04561" }),
  qat: listed(23, "B. Jacob, S. Kligys, B. Chen et al.", "Quantization and training of neural networks for efficient integer-arithmetic-only inference", "CVPR", 2018, { arxiv: "1712.05877" }),
  "abc-net": listed(24, "X. Lin, C. Zhao, W. Pan", "Towards accurate binary convolutional neural network", "NIPS 30", 2017, { arxiv: "1711.11294" }),
  binaryconnect: listed(25, "M. Courbariaux, Y. Bengio, J.-P. David", "BinaryConnect: training deep neural networks with binary weights during propagations", "NIPS 28", 2015, { arxiv: "1511.00363" }),
  lab: listed(26, "L. Hou, Q. Yao, J. T. Kwok", "Loss-aware binarization of deep networks", "ICLR", 2017, { arxiv: "1611.01600" }),
  lbcnn: listed(27, "F. Juefei-Xu, V. N. Boddeti, M. Savvides", "Local binary convolutional neural networks", "CVPR", 2017, { arxiv: "1608.06049" }),
  ttq: listed(28, "C. Zhu, S. Han, H. Mao et al.", "Trained ternary quantization", "ICLR", 2017, { arxiv: "1612.01064" }),
  vnq: listed(29, "J. Achterhold, J. M. Koehler, A. Schmeink et al.", "Variational network quantization", "ICLR", 2018),
  fgq: listed(30, "N. Mellempudi, A. Kundu, D. Mudigere et al.", "Ternary neural networks with fine-grained quantization", "arXiv", 2017, { arxiv: "1705.01462" }),
  "consumer-workloads": listed(31, "A. Boroumand, S. Ghose, Y. Kim et al.", "Google workloads for consumer devices: mitigating data movement bottlenecks", "ASPLOS", 2018),
  wrpn: listed(32, "A. Mishra, J. J. Cook, E. Nurvitadhi et al.", "WRPN: training and inference using wide reduced-precision networks", "arXiv", 2017, { arxiv: "1704.03079" }),
  haq: listed(33, "K. Wang, Z. Liu, Y. Lin et al.", "HAQ: hardware-aware automated quantization with mixed precision", "CVPR", 2019, { arxiv: "1811.08886" }),
  "lq-nets": listed(34, "D. Zhang, J. Yang, D. Ye et al.", "LQ-Nets: learned quantization for highly accurate and compact deep neural networks", "ECCV", 2018, { arxiv: "1807.10029" }),
  "gong-kmeans": listed(35, "Y. Gong, L. Liu, M. Yang et al.", "Compressing deep convolutional networks using vector quantization", "arXiv", 2014, { arxiv: "1412.6115" }),
  "degree-quant": listed(36, "S. A. Tailor, J. Fernandez-Marques, N. D. Lane", "Degree-Quant: quantization-aware training for graph neural networks", "ICLR", 2021, { arxiv: "2008.05000" }),
  "1bit-sgd": listed(37, "F. Seide, H. Fu, J. Droppo et al.", "1-bit stochastic gradient descent and its application to data-parallel distributed training of speech DNNs", "Interspeech", 2014),
  "1bit-lamb": listed(38, "C. Li, A. A. Awan, H. Tang et al.", "1-bit LAMB: communication efficient large-scale large-batch training with LAMB's convergence speed", "HiPC", 2022, { arxiv: "2104.06069" }),
  qsgd: listed(39, "D. Alistarh, D. Grubic, J. Z. Li et al.", "QSGD: communication-efficient SGD via gradient quantization and encoding", "NIPS 30", 2017, { arxiv: "1610.02132" }),
  "quantization-whitepaper": listed(91, "R. Krishnamoorthi", "Quantizing deep convolutional networks for efficient inference: a whitepaper", "arXiv", 2018, { arxiv: "1806.08342" }),
  twn: unlisted("F. Li, B. Zhang, B. Liu", "Ternary weight networks", "arXiv", 2016, { arxiv: "1605.04711" }),
  inq: unlisted("A. Zhou, A. Yao, Y. Guo et al.", "Incremental network quantization: towards lossless CNNs with low-precision weights", "ICLR", 2017, { arxiv: "1702.03044" }),
  "straight-through": unlisted("Y. Bengio, N. Léonard, A. Courville", "Estimating or propagating gradients through stochastic neurons for conditional computation", "arXiv", 2013, { arxiv: "1308.3432" }),

  // Distillation
  bucila: listed(41, "C. Buciluǎ, R. Caruana, A. Niculescu-Mizil", "Model compression", "KDD", 2006, { doi: "10.1145/1150402.1150464" }),
  "hinton-kd": listed(42, "G. Hinton, O. Vinyals, J. Dean", "Distilling the knowledge in a neural network", "arXiv", 2015, { arxiv: "1503.02531" }),
  takd: listed(43, "S. I. Mirzadeh, M. Farajtabar, A. Li et al.", "Improved knowledge distillation via teacher assistant", "AAAI", 2020, { arxiv: "1902.03393", doi: "10.1609/aaai.v34i04.5963" }),
  fitnets: listed(44, "A. Romero, N. Ballas, S. Ebrahimi Kahou et al.", "FitNets: hints for thin deep nets", "ICLR", 2015, { arxiv: "1412.6550" }),
  "attention-transfer": listed(45, "S. Zagoruyko, N. Komodakis", "Paying more attention to attention: improving the performance of convolutional neural networks via attention transfer", "ICLR", 2017, { arxiv: "1612.03928" }),
  fsp: listed(46, "J. Yim, D. Joo, J. Bae et al.", "A gift from knowledge distillation: fast optimization, network minimization and transfer learning", "CVPR", 2017),
  "ikd-integral": listed(47, "X. Xu, Q. Zou, X. Lin et al.", "Integral knowledge distillation for multi-person pose estimation", "IEEE Signal Processing Letters 27", 2020, { doi: "10.1109/LSP.2020.2975426" }),
  byot: listed(48, "L. Zhang, J. Song, A. Gao et al.", "Be your own teacher: improve the performance of convolutional neural networks via self distillation", "ICCV", 2019, { arxiv: "1905.08094" }),
  "self-evolution": listed(49, "F. Zhang, H. Hu, H. Dai et al.", "Self-evolutionary pose distillation", "ICCWAMTIP", 2019),
  "search-to-distill": listed(66, "Y. Liu, X. Jia, M. Tan et al.", "Search to distill: pearls are everywhere but not the eyes", "CVPR", 2020, { arxiv: "1911.09074" }),
  cfd: listed(67, "F. Sattler, A. Marban, R. Rischke et al.", "CFD: communication-efficient federated distillation via soft-label quantization and delta coding", "IEEE Transactions on Network Science and Engineering 9(4)", 2021),
  "policy-distillation": listed(68, "A. A. Rusu, S. G. Colmenarejo, C. Gulcehre et al.", "Policy distillation", "ICLR", 2016, { arxiv: "1511.06295" }),
  "kd-efficacy": listed(69, "J. H. Cho, B. Hariharan", "On the efficacy of knowledge distillation", "ICCV", 2019, { arxiv: "1910.01348" }),
  dml: unlisted("Y. Zhang, T. Xiang, T. M. Hospedales et al.", "Deep mutual learning", "CVPR", 2018, { arxiv: "1706.00384" }),
  "similarity-preserving": unlisted("F. Tung, G. Mori", "Similarity-preserving knowledge distillation", "ICCV", 2019, { arxiv: "1907.09682" }),

  // Table 1: distillation and pruning
  "wu-automatic": listed(50, "M. Wu, W. Ma, Y. Li et al.", "Automatic optimization of super parameters based on model pruning and knowledge distillation", "ICCEIC", 2020),
  "wu-optimization": listed(51, "M. Wu, W. Ma, Y. Li et al.", "The optimization method of knowledge distillation based on model pruning", "Chinese Automation Congress", 2020),
  knapsack: listed(52, "Y. Aflalo, A. Noy, M. Lin et al.", "Knapsack pruning with inner distillation", "arXiv", 2020, { arxiv: "2002.08258" }),
  pfdd: listed(53, "Z. Zhou, Y. Zhou, Z. Jiang et al.", "An efficient method for model pruning using knowledge distillation with few samples", "ICASSP", 2022),
  idnet: listed(54, "B. Wang, Q. Jiang, D. Song et al.", "SAR vehicle recognition via scale-coupled Incep_Dense Network (IDNet)", "International Journal of Remote Sensing 42(23)", 2021, { doi: "10.1080/01431161.2021.1989515" }),
  "fir-kd": listed(55, "S. Chen, R. Zhan, W. Wang et al.", "Learning slimming SAR ship object detector through network pruning and knowledge distillation", "IEEE JSTARS 14", 2020),
  "bridge-kd": listed(56, "Z. Wang, L. Du, Y. Li", "Boosting lightweight CNNs through network pruning and knowledge distillation for SAR target recognition", "IEEE JSTARS 14", 2021, { doi: "10.1109/JSTARS.2021.3104267" }),
  apoz: listed(57, "N. Aghli, E. Ribeiro", "Combining weight pruning and knowledge distillation for CNN compression", "CVPR Workshops", 2021),
  "prune-then-distill": listed(58, "J. Park, A. No", "Prune your model before distill it", "ECCV", 2022, { arxiv: "2109.14960" }),
  hkdp: listed(59, "H. Che, Q. Shi, J. Chen et al.", "HKDP: a hybrid approach on knowledge distillation and pruning for neural network compression", "ICCWAMTIP", 2021),
  "original-network": listed(60, "L. Chen, Y. Chen, J. Xi et al.", "Knowledge from the original network: restore a better pruned network with knowledge distillation", "Complex & Intelligent Systems 8(2)", 2022),
  "yao-segmentation": listed(61, "W. Yao, J. Zhang, C. Li et al.", "Semantic segmentation optimization algorithm based on knowledge distillation and model pruning", "ICAIBD", 2019),
  "disp-dkd": listed(62, "B. Cui, Y. Li, Z. Zhang", "Joint structured pruning and dense knowledge distillation for efficient transformer model compression", "Neurocomputing 458", 2021, { doi: "10.1016/j.neucom.2021.05.084" }),
  kdip: listed(63, "B. Xu, T. Zhang, Y. Wang et al.", "A knowledge-distillation-integrated pruning method for vision transformer", "ISCIT", 2022),
  lrp: listed(65, "R. Xu, S. Luan, Z. Gu et al.", "LRP-based policy pruning and distillation of reinforcement learning agents for embedded systems", "ISORC", 2022),
  "acoustic-kd-pruning": listed(70, "C. Li, L. Zhu, S. Xu et al.", "Compression of acoustic model via knowledge distillation and pruning", "ICPR", 2018),
  prakosa: listed(71, "S. W. Prakosa, J. S. Leu, Z. Chen", "Improving the accuracy of pruned network using knowledge distillation", "Pattern Analysis and Applications 24(2)", 2021),

  // Table 2: distillation and quantization
  "shin-qkd": listed(72, "S. Shin, Y. Boo, W. Sung", "Knowledge distillation for optimization of quantized deep neural networks", "SiPS", 2020),
  apprentice: listed(73, "A. Mishra, D. Marr", "Apprentice: using knowledge distillation techniques to improve low-precision network accuracy", "ICLR", 2018, { arxiv: "1711.05852" }),
  "gradual-distillation": listed(74, "R. Min, H. Lan, Z. Cao et al.", "A gradually distilled CNN for SAR target recognition", "IEEE Access 7", 2019, { doi: "10.1109/ACCESS.2019.2906564" }),
  qkd: listed(75, "J. Kim, Y. Bhalgat, J. Lee et al.", "QKD: quantization-aware knowledge distillation", "arXiv", 2019, { arxiv: "1911.12491" }),
  "lossless-ai": listed(76, "T. Okuno, Y. Nakata, Y. Ishii et al.", "Lossless AI: toward guaranteeing consistency between inferences before and after quantization via knowledge distillation", "MVA", 2021),
  dlbq: listed(77, "L. Si, Y. Li, H. Zhou et al.", "Explore a novel knowledge distillation framework for network learning and low-bit quantization", "China Automation Congress", 2021),
  "transformer-qat-kd": listed(78, "M. Kim, S. Lee, S.-J. Hong et al.", "Understanding and improving knowledge distillation for quantization aware training of large transformer encoders", "EMNLP", 2022),
  "quantized-distillation": listed(79, "A. Polino, R. Pascanu, D. Alistarh", "Model compression via distillation and quantization", "ICLR", 2018, { arxiv: "1802.05668" }),
  "data-free-quantization": listed(80, "Y. Choi, J. Choi, M. El-Khamy et al.", "Data-free network quantization with adversarial knowledge distillation", "CVPR Workshops", 2020, { arxiv: "2005.04136" }),
  "quantization-mimic": listed(81, "Y. Wei, X. Pan, H. Qin et al.", "Quantization mimic: towards very tiny CNN for object detection", "ECCV", 2018, { arxiv: "1805.02152" }),

  // Table 3: pruning and quantization
  apq: listed(64, "T. Wang, K. Wang, H. Cai et al.", "APQ: joint search for network architecture, pruning and quantization policy", "CVPR", 2020, { arxiv: "2006.08509" }),
  paupamah: listed(82, "K. Paupamah, S. James, R. Klein", "Quantisation and pruning for neural network compression and regularisation", "SAUPEC/RobMech/PRASA", 2020),
  "yolo-face-mask": listed(83, "B. Liberatori, C. A. Mami, G. Santacatterina et al.", "YOLO-based face mask detection on low-end devices using pruning and quantization", "MIPRO", 2022),
  vcd: listed(84, "W. Chang, C. H. Kuo, L. Fang", "Variational channel distribution pruning and mixed-precision quantization for neural network model compression", "VLSI-DAT", 2022),
  "fpga-lstm": listed(85, "Y. Zheng, H. Yang, Z. Huang et al.", "A high energy-efficiency FPGA-based LSTM accelerator architecture design by structured pruning and normalized linear quantization", "ICFPT", 2019),
  "clip-q": listed(86, "F. Tung, G. Mori", "CLIP-Q: deep network compression learning by in-parallel pruning-quantization", "CVPR", 2018),
  "joint-io": listed(87, "Q. Qi, Y. Lu, J. Li et al.", "Learning low resource consumption CNN through pruning and quantization", "IEEE Transactions on Emerging Topics in Computing 10(2)", 2022),
  "speech-compactness": listed(88, "J. Y. Wu, C. Yu, S. W. Fu et al.", "Increasing compactness of deep learning based speech enhancement models with parameter pruning and quantization techniques", "IEEE Signal Processing Letters 26(12)", 2019, { doi: "10.1109/LSP.2019.2951950" }),
  "deep-compression": listed(89, "S. Han, H. Mao, W. J. Dally", "Deep compression: compressing deep neural networks with pruning, trained quantization and Huffman coding", "ICLR", 2016, { arxiv: "1510.00149" }),
  uvnq: listed(93, "Y. Gil, J. H. Park, J. Baek et al.", "Quantization-aware pruning criterion for industrial applications", "IEEE Transactions on Industrial Electronics 69(3)", 2022, { doi: "10.1109/TIE.2021.3070517" }),

  // Common ground of the studio
  lenet: unlisted("Y. LeCun, L. Bottou, Y. Bengio et al.", "Gradient-based learning applied to document recognition", "Proceedings of the IEEE 86(11)", 1998, { doi: "10.1109/5.726791" }),
  resnet: unlisted("K. He, X. Zhang, S. Ren et al.", "Deep residual learning for image recognition", "CVPR", 2016, { arxiv: "1512.03385" }),
  "batch-norm": unlisted("S. Ioffe, C. Szegedy", "Batch normalization: accelerating deep network training by reducing internal covariate shift", "ICML", 2015, { arxiv: "1502.03167" }),
  adam: unlisted("D. P. Kingma, J. Ba", "Adam: a method for stochastic optimization", "ICLR", 2015, { arxiv: "1412.6980" }),
  "fashion-mnist": unlisted("H. Xiao, K. Rasul, R. Vollgraf", "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms", "arXiv", 2017, { arxiv: "1708.07747" }),
} satisfies Record<string, Citation>;

export type CitationKey = keyof typeof entries;

export const citations: Readonly<Record<CitationKey, Citation>> = entries;

export const citationKeys = Object.keys(entries) as CitationKey[];

/** The short key of reference `[number]` of the survey. */
export const citationOfReference = (number: number): CitationKey | undefined =>
  citationKeys.find((key) => citations[key].survey === number);
